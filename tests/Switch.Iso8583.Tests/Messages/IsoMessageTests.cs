using System.Text;

namespace Switch.Iso8583.Tests;

public sealed class IsoMessageTests
{
    [Theory]
    [MemberData(nameof(Samples.Dialects), MemberType = typeof(Samples))]
    public void Authorization_WrittenAndRead_KeepsEveryField(string name)
    {
        var dialect = IsoDialect.Resolve(name);
        using var buffer = Samples.Authorization(dialect);
        using var message = Samples.Parse(dialect, buffer.Span);
        Assert.Equal(Mti.AuthorizationRequest, message.Mti);
        Assert.Equal(Samples.Pan, message.GetString(2));
        Assert.True(message.TryGetInt64(4, out var amount));
        Assert.Equal(1234, amount);
        Assert.Equal(Samples.Track2, message.GetString(35));
        Assert.Equal("12345678901", message.GetString(32));
        Assert.Equal("051", message.GetString(22));
        Assert.True(message.TextEquals(41, "TERM0001"u8));
        Assert.False(message.TextEquals(41, "TERM0002"u8));
        var emv = new byte[255];
        Assert.True(message.TryGetBytes(55, emv, out var written));
        Assert.Equal(Samples.Emv, emv[..written]);
        Assert.Null(message.GetString(39));
        Assert.Equal(0, message.LengthOf(39));
        Assert.True(message.TryValidate(out _));
        Assert.False(message.TryGetText(2, new byte[15], out _));
        Assert.False(message.TryGetBytes(55, new byte[10], out _));
        Assert.False(message.TryGetInt64(41, out _));
        Assert.True(message.TryGetInt64(2, out var pan));
        Assert.Equal(4111111111111111, pan);
        Assert.False(message.TryGetInt64(90, out _));
    }

    public static IEnumerable<TheoryDataRow<string, string>> BadAscii =>
    [
        new("", "MTI: needs 4 bytes, 0 left"),
        new("01A0", "MTI: not four digits"),
        new("0100", "bitmap: needs 16 bytes, 0 left"),
        new("0100" + "400000000000000G", "bitmap: no hexadecimal number"),
        new("0100" + "8000000000000000" + "04", "bitmap: needs 16 bytes, 2 left"),
        new("0100" + "4000000000000000", "DE 2: needs 2 bytes, 0 left"),
        new("0100" + "4000000000000000" + "1x", "DE 2: length prefix is no number"),
        new("0100" + "4000000000000000" + "20" + "41111111111111111111", "DE 2: length 20 exceeds 19"),
        new("0100" + "4000000000000000" + "16" + "4111", "DE 2: needs 16 bytes, 4 left"),
        new("0100" + "2000000000000000" + "00000", "DE 3: needs 6 bytes, 5 left"),
        new("0100" + "2000000000000000" + "0000001", "message: 1 bytes after the last field"),
    ];

    [Theory]
    [MemberData(nameof(BadAscii))]
    public void TryParse_BadBytes_NamesThePathAndHidesTheBytes(string text, string expected)
    {
        using var message = IsoMessage.Rent(IsoDialect.Ascii1987);
        Assert.False(message.TryParse(Encoding.ASCII.GetBytes(text), out var fault));
        Assert.Equal(expected, fault.ToString());
        Assert.Equal(0, message.NextField(1));
        Assert.Equal(0, message.Bytes.Length);
    }

    [Fact]
    public void TryParse_UndefinedField_IsRefusedBecauseItsLengthIsUnknown()
    {
        var dialect = IsoDialect.Parse("""{ "extends": "iso1987-ascii", "fields": { "3": null }, "echoFields": [] }""");
        using var message = IsoMessage.Rent(dialect);
        Assert.False(message.TryParse("01002000000000000000000000"u8, out var fault));
        Assert.Equal("DE 3: not defined in the dialect", fault.ToString());
    }

    [Fact]
    public void TryParse_LongerThanTheBound_IsRefused()
    {
        using var message = IsoMessage.Rent(IsoDialect.Ascii1987);
        Assert.False(message.TryParse(new byte[4097], out var fault));
        Assert.Equal("message: length 4097 exceeds 4096", fault.ToString());
    }

    [Fact]
    public void MalformedContent_IsFoundWhereItIsRead()
    {
        var bytes = Convert.FromHexString("0100" + "3000000000000000" + "000A00" + "000000001234");
        using var message = Samples.Parse(IsoDialect.Binary1987, bytes);
        Assert.Null(message.GetString(3));
        Assert.False(message.TryGetInt64(3, out _));
        Assert.True(message.TryGetInt64(4, out _));
        Assert.False(message.TryValidate(out var fault));
        Assert.Equal("DE 3: content is not n", fault.ToString());
    }

    [Fact]
    public void Dispose_WipesTheBytesAndIsHarmlessTwice()
    {
        using var buffer = Samples.Authorization(IsoDialect.Ascii1987);
        var message = Samples.Parse(IsoDialect.Ascii1987, buffer.Span);
        var bytes = message.Bytes;
        message.Dispose();
        Assert.Equal(-1, bytes.IndexOfAnyExcept((byte)0));
        message.Dispose();
        using var first = IsoMessage.Rent(IsoDialect.Ascii1987);
        using var second = IsoMessage.Rent(IsoDialect.Ascii1987);
        Assert.NotSame(first, second);
    }

    [Theory]
    [MemberData(nameof(Samples.Dialects), MemberType = typeof(Samples))]
    public void Dump_ShowsFieldsAndNoCardData(string name)
    {
        var dialect = IsoDialect.Resolve(name);
        using var buffer = Samples.Authorization(dialect);
        using var message = Samples.Parse(dialect, buffer.Span);
        var dump = message.ToString();
        Assert.StartsWith("MTI 0100\n", dump, StringComparison.Ordinal);
        Assert.Contains("DE 002 Primary account number [16]: 411111******1111", dump, StringComparison.Ordinal);
        Assert.Contains("DE 004 Amount, transaction [12]: 000000001234", dump, StringComparison.Ordinal);
        Assert.Contains("DE 014 Date, expiration [4]: (masked)", dump, StringComparison.Ordinal);
        Assert.Contains("DE 035 Track 2 data [34]: (masked)", dump, StringComparison.Ordinal);
        Assert.DoesNotContain(Samples.Pan, dump, StringComparison.Ordinal);
        Assert.DoesNotContain("2912", dump, StringComparison.Ordinal);
        Assert.DoesNotContain("0123456789ABCDEF", dump, StringComparison.Ordinal);
        Assert.DoesNotContain("9F26", dump, StringComparison.Ordinal);
    }

    [Fact]
    public void Dump_ShortOrMalformedPan_ShowsNothing()
    {
        using var shortPan = Samples.Parse(IsoDialect.Ascii1987, "0100400000000000000012411111111111"u8);
        Assert.Contains("[12]: (masked)", shortPan.ToString(), StringComparison.Ordinal);
        using var bad = Samples.Parse(IsoDialect.Ascii1987, "0100400000000000000016411111111111111x"u8);
        Assert.Contains("[16]: (malformed)", bad.ToString(), StringComparison.Ordinal);
    }
}
