using Switch.Service.Hosting;

namespace Switch.Service.Merchants;

/// <summary>
/// The register in force. Looks at its file every few seconds; a changed file that can't be used is refused with its
/// faults and the old register stays.
/// </summary>
internal sealed class MerchantDirectory : IDisposable
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(2);

    private readonly string _path;
    private readonly ILogger<MerchantDirectory> _logger;
    private readonly ITimer _timer;
    private readonly Lock _reading = new();
    private volatile MerchantRegister _current;
    private string _text;

    /// <exception cref="InvalidConfigurationException">The file can't be used; the message lists every
    /// fault.</exception>
    public MerchantDirectory(string path, TimeProvider time, ILogger<MerchantDirectory> logger)
    {
        _path = path;
        _logger = logger;
        try
        {
            _text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidConfigurationException([$"Switch:Files:Merchants: {e.Message}"]);
        }

        _current = MerchantFile.TryRead(_text, out var faults)
            ?? throw new InvalidConfigurationException(
                [.. faults.Select(fault => $"Switch:Files:Merchants: {path}: {fault}")]);
        _timer = time.CreateTimer(_ => ReloadIfChanged(), null, CheckInterval, CheckInterval);
    }

    public MerchantRegister Current => _current;

    public void Dispose() => _timer.Dispose();

    private void ReloadIfChanged()
    {
        // A slow disk may let two ticks meet; the second has nothing to add.
        if (!_reading.TryEnter()) return;
        try
        {
            var text = File.ReadAllText(_path);
            if (text == _text) return;
            _text = text;
            if (MerchantFile.TryRead(text, out var faults) is not { } register)
            {
                Log.MerchantsRefused(_logger, _path, string.Join("; ", faults));
                return;
            }

            _current = register;
            Log.MerchantsLoaded(_logger, register.Count);
        }
        catch (Exception e)
        {
            // An exception on a timer would end the process, and with it payments that the old register serves well.
            Log.MerchantsRefused(_logger, _path, e.Message);
        }
        finally
        {
            _reading.Exit();
        }
    }
}
