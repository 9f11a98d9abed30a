namespace Switch.Iso8583.Tests;

/// <summary>The codec's allocation gate: the benchmarks show the time, this fails the build on a single byte.</summary>
public sealed class AllocationTests
{
    private const int Iterations = 10_000;

    [Theory]
    [MemberData(nameof(Samples.Dialects), MemberType = typeof(Samples))]
    public void PackAndParse_Warm_AllocatesNothing(string name)
    {
        // A dialect of its own: other tests would empty the shared one's pools meanwhile.
        var dialect = IsoDialect.Parse($$"""{ "extends": "{{name}}" }""");
        for (var i = 0; i < 100; i++) PackAndParse(dialect);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Iterations; i++) PackAndParse(dialect);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void PackAndParse(IsoDialect dialect)
    {
        Span<byte> text = stackalloc byte[255];
        using var buffer = IsoBuffer.Rent(dialect);
        var writer = new IsoWriter(buffer, Mti.AuthorizationRequest);
        Samples.WriteAuthorization(ref writer);
        var isGood = writer.TryComplete(out _);
        using var message = IsoMessage.Rent(dialect);
        isGood &= message.TryParse(buffer.Span, out _) && message.TryGetInt64(4, out _)
            && message.TryGetText(35, text, out _) && message.TryGetBytes(55, text, out _) && message.TryValidate(out _)
            && BerTlv.TryValidate(text[..Samples.Emv.Length], out _);
        if (!isGood) Assert.Fail("The sample no longer round-trips.");
    }
}
