namespace Switch.Iso8583.Tests;

/// <summary>Messages that tests share.</summary>
internal static partial class Samples
{
    public static IEnumerable<TheoryDataRow<string>> Dialects => [new("iso1987-ascii"), new("iso1987-binary")];

    public static IsoBuffer Authorization(IsoDialect dialect, int stan = 123456)
    {
        var buffer = IsoBuffer.Rent(dialect);
        var writer = new IsoWriter(buffer, Mti.AuthorizationRequest);
        WriteAuthorization(ref writer, stan);
        Assert.True(writer.TryComplete(out var fault), fault.ToString());
        return buffer;
    }

    public static IsoMessage Parse(IsoDialect dialect, ReadOnlySpan<byte> bytes)
    {
        var message = IsoMessage.Rent(dialect);
        Assert.True(message.TryParse(bytes, out var fault), fault.ToString());
        return message;
    }
}
