using BenchmarkDotNet.Attributes;
using Switch.Iso8583;

namespace Switch.Benchmarks.Iso8583;

/// <summary>
/// A full 0100 with EMV data, written and read. Budget: 1 µs for both together, and no byte allocated.
/// </summary>
[MemoryDiagnoser]
public class CodecBenchmarks
{
    private readonly byte[] _pinBlock = Convert.FromHexString("0123456789ABCDEF");
    private readonly byte[] _emv = Convert.FromHexString(
        "9F2608A1B2C3D4E5F607189F2701809F100706010A03A0A0009F3704112233449F360200A59505000080" +
        "00009A032611239C01005F2A0209789F02060000000012349F03060000000000009F1A02027682023C00" +
        "9F3303E0F8C89F34034203009F3501229F1E0831323334353637388407A0000000031010");

    private IsoDialect _dialect = IsoDialect.Ascii1987;
    private byte[] _packed = [];
    private byte[] _scratch = [];

    /// <summary>The two embedded dialects.</summary>
    [Params("iso1987-ascii", "iso1987-binary")]
    public string Dialect { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        _dialect = IsoDialect.Resolve(Dialect);
        using var buffer = IsoBuffer.Rent(_dialect);
        Write(buffer);
        _packed = buffer.Span.ToArray();
        _scratch = new byte[255];
    }

    [Benchmark]
    public int Pack()
    {
        using var buffer = IsoBuffer.Rent(_dialect);
        return Write(buffer);
    }

    [Benchmark]
    public long Parse() => Read(_packed);

    [Benchmark(Baseline = true)]
    public long PackAndParse()
    {
        using var buffer = IsoBuffer.Rent(_dialect);
        Write(buffer);
        return Read(buffer.Span);
    }

    private int Write(IsoBuffer buffer)
    {
        var writer = new IsoWriter(buffer, Mti.AuthorizationRequest);
        writer.Text(2, "4111111111111111"u8);
        writer.Number(3, 0);
        writer.Number(4, 1234);
        writer.Text(7, "1123220318"u8);
        writer.Number(11, 123456);
        writer.Text(12, "230318"u8);
        writer.Text(13, "1123"u8);
        writer.Text(14, "2912"u8);
        writer.Text(18, "5411"u8);
        writer.Text(22, "051"u8);
        writer.Text(23, "001"u8);
        writer.Text(25, "00"u8);
        writer.Text(32, "12345678901"u8);
        writer.Text(35, "4111111111111111=29122011234567890"u8);
        writer.Text(37, "632722123456"u8);
        writer.Text(41, "TERM0001"u8);
        writer.Text(42, "MERCHANT0000001"u8);
        writer.Text(43, "Corner shop            Berlin        DE"u8);
        writer.Text(49, "978"u8);
        writer.Bytes(52, _pinBlock);
        writer.Bytes(55, _emv);
        return writer.TryComplete(out var length, out _) ? length : throw new InvalidOperationException("A fault.");
    }

    private long Read(ReadOnlySpan<byte> bytes)
    {
        using var message = IsoMessage.Rent(_dialect);
        if (!message.TryParse(bytes, out _) || !message.TryGetInt64(4, out var amount)
            || !message.TryGetInt64(11, out var stan) || !message.TryGetText(37, _scratch, out _)
            || !message.TryGetText(41, _scratch, out _) || !message.TryGetBytes(55, _scratch, out var emv))
            throw new InvalidOperationException("A fault.");
        return amount + stan + emv;
    }
}
