using BenchmarkDotNet.Attributes;
using Switch.Iso8583;
using Switch.Iso8583.Tests;

namespace Switch.Benchmarks.Iso8583;

/// <summary>
/// A full 0100 with EMV data, written and read. Budget: 1 µs for both together, and no byte allocated.
/// </summary>
[MemoryDiagnoser]
public class CodecBenchmarks
{
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

    private static int Write(IsoBuffer buffer)
    {
        var writer = new IsoWriter(buffer, Mti.AuthorizationRequest);
        Samples.WriteAuthorization(ref writer);
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
