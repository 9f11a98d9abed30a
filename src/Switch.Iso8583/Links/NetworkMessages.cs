using System.Globalization;

namespace Switch.Iso8583;

/// <summary>Writes the link's own 0800 and 0810 messages (S13, DE 70).</summary>
internal sealed class NetworkMessages
{
    public const int SignOn = 1;
    public const int SignOff = 2;
    public const int KeyChange = 161;
    public const int CutOver = 201;
    public const int Echo = 301;

    private const int MaxStan = 999_999;

    private readonly IsoLinkOptions _options;
    private readonly TimeProvider _clock;
    private int _stan;

    public NetworkMessages(IsoLinkOptions options, TimeProvider clock)
    {
        _options = options;
        _clock = clock;
    }

    /// <summary>A request with DE 7, 11, 70 and the configured fields.</summary>
    public bool TryWriteRequest(IsoBuffer buffer, int networkCode, out IsoFault fault)
    {
        var stan = _options.NextNetworkStan?.Invoke() ?? (Interlocked.Increment(ref _stan) - 1) % MaxStan + 1;
        Span<char> time = stackalloc char[10];
        _clock.GetUtcNow().TryFormat(time, out _, "MMddHHmmss", CultureInfo.InvariantCulture);
        var writer = new IsoWriter(buffer, Mti.NetworkRequest);
        WriteConfigured(ref writer, 0, 7);
        writer.Text(7, time);
        WriteConfigured(ref writer, 7, 11);
        writer.Number(11, stan);
        WriteConfigured(ref writer, 11, 70);
        writer.Number(70, networkCode);
        WriteConfigured(ref writer, 70, IsoDialect.MaxField + 1);
        return writer.TryComplete(out fault);
    }

    /// <summary>The answer to a host's request: its echo fields and a response code.</summary>
    public static bool TryWriteResponse(
        IsoBuffer buffer, IsoMessage request, ReadOnlySpan<byte> code, out IsoFault fault)
    {
        var writer = new IsoWriter(buffer, request.Mti.ToResponse());
        writer.Echo(request, 38);
        writer.Text(39, code);
        writer.Echo(request);
        return writer.TryComplete(out fault);
    }

    private void WriteConfigured(ref IsoWriter writer, int above, int below)
    {
        foreach (var (field, value) in _options.NetworkFields)
            if (field > above && field < below) writer.Text(field, value);
    }
}
