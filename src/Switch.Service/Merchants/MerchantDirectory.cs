using Switch.Service.Files;
using Switch.Service.Hosting;

namespace Switch.Service.Merchants;

/// <summary>
/// The register in force. Its file is read again when it changes; one that can't be used is refused with its faults
/// and the old register stays.
/// </summary>
internal sealed class MerchantDirectory : IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(2);

    private readonly string _path;
    private readonly ILogger<MerchantDirectory> _logger;
    private readonly WatchedFiles _files;
    private volatile MerchantRegister _current;
    private string _seen;

    /// <exception cref="InvalidConfigurationException">The file can't be used; the message lists every
    /// fault.</exception>
    public MerchantDirectory(string path, TimeProvider time, ILogger<MerchantDirectory> logger)
    {
        _path = path;
        _logger = logger;
        var bytes = Read(out var unreadable)
            ?? throw new InvalidConfigurationException([$"Switch:Files:Merchants: {unreadable}"]);
        _seen = ContentHash.Of(bytes);
        _current = MerchantFile.TryRead(TextOf(bytes), out var faults)
            ?? throw new InvalidConfigurationException(
                [.. faults.Select(fault => $"Switch:Files:Merchants: {path}: {fault}")]);
        _files = new WatchedFiles(() => [_path], PollInterval, Look, time, logger);
    }

    public MerchantRegister Current => _current;

    public void Dispose() => _files.Dispose();

    private bool Look()
    {
        var bytes = Read(out var unreadable);
        var seen = ContentHash.Of(bytes);
        if (seen == _seen) return false;
        // Also when it turns out unusable: that is said once a change, not with every look.
        _seen = seen;
        IReadOnlyList<string> faults = [unreadable];
        if (bytes is null || MerchantFile.TryRead(TextOf(bytes), out faults) is not { } register)
        {
            Log.MerchantsRefused(_logger, _path, string.Join("; ", faults));
            return false;
        }

        _current = register;
        Log.MerchantsLoaded(_logger, register.Count);
        return true;
    }

    private byte[]? Read(out string fault)
    {
        fault = "";
        try
        {
            return File.ReadAllBytes(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            fault = e.Message;
            return null;
        }
    }

    private static string TextOf(byte[] bytes)
    {
        using var reader = new StreamReader(new MemoryStream(bytes));
        return reader.ReadToEnd();
    }
}
