using System.Text;
using Switch.Service.Cards;

namespace Switch.Service.Tests.Cards;

public sealed class CardDataTests
{
    private const string Track = "4111111111111111=49121011234567890123";

    [Theory]
    [InlineData(2027, 2, 2027, 2, 28, false)]
    [InlineData(2027, 2, 2027, 3, 1, true)]
    [InlineData(2027, 12, 2027, 12, 31, false)]
    [InlineData(2027, 12, 2028, 1, 1, true)]
    [InlineData(2028, 1, 2027, 12, 31, false)]
    public void IsExpired_LastDayOfTheMonth_IsStillValid(int year, int month, int y, int m, int d, bool expired)
    {
        Assert.True(CardExpiry.TryCreate(year, month, out var expiry));
        Assert.Equal(expired, expiry.IsExpired(new DateOnly(y, m, d)));
    }

    [Theory]
    [InlineData(2027, 0)]
    [InlineData(2027, 13)]
    [InlineData(1999, 12)]
    [InlineData(2100, 1)]
    [InlineData(27, 1)]
    public void TryCreate_OutOfRange_IsRefused(int year, int month) =>
        Assert.False(CardExpiry.TryCreate(year, month, out _));

    [Fact]
    public void Yymm_EveryMonth_RoundTrips()
    {
        Span<char> chars = stackalloc char[4];
        Span<byte> bytes = stackalloc byte[4];
        for (var year = CardExpiry.YearMin; year <= CardExpiry.YearMax; year++)
            for (var month = 1; month <= 12; month++)
            {
                Assert.True(CardExpiry.TryCreate(year, month, out var expiry));
                expiry.CopyYymm(chars);
                expiry.CopyYymm(bytes);
                Assert.Equal($"{year % 100:00}{month:00}", chars.ToString());
                Assert.Equal(chars.ToString(), Encoding.ASCII.GetString(bytes));
                Assert.True(CardExpiry.TryParseYymm(chars, out var read));
                Assert.Equal(expiry, read);
            }

        Assert.False(CardExpiry.TryParseYymm("2713", out _));
        Assert.False(CardExpiry.TryParseYymm("27 1", out _));
        Assert.False(CardExpiry.TryParseYymm("271", out _));
    }

    [Theory]
    [InlineData(Track)]
    [InlineData("4111111111111111D49121011234567890123")]
    [InlineData("4111111111111111=4912101")]
    public void Track2_WellFormed_YieldsItsParts(string text)
    {
        Assert.True(Track2.TryParse(text, out var track, out _));
        Assert.Equal("411111", track.Pan.FirstSix);
        Assert.True(CardExpiry.TryCreate(2049, 12, out var expiry));
        Assert.Equal(expiry, track.Expiry);

        Span<byte> raw = stackalloc byte[Track2.LengthMax];
        Assert.Equal(text.Replace('D', '='), Encoding.ASCII.GetString(raw[..track.CopyTo(raw)]));
        Span<char> chars = stackalloc char[Track2.LengthMax];
        Assert.Equal(text.Replace('D', '='), chars[..track.CopyTo(chars)].ToString());
    }

    [Theory]
    [InlineData("", nameof(Track2Fault.Empty))]
    [InlineData("4111111111111111=491210112345678901234", nameof(Track2Fault.TooLong))]
    [InlineData("41111111111111114912101", nameof(Track2Fault.Separator))]
    [InlineData(";4111111111111111=4912101?", nameof(Track2Fault.Pan))]
    [InlineData("4111111111111112=4912101", nameof(Track2Fault.Pan))]
    [InlineData("4111111111111111=4913101", nameof(Track2Fault.Expiry))]
    [InlineData("4111111111111111=491", nameof(Track2Fault.Expiry))]
    [InlineData("4111111111111111=491210", nameof(Track2Fault.ServiceCode))]
    [InlineData("4111111111111111=4912=01", nameof(Track2Fault.ServiceCode))]
    [InlineData("4111111111111111D4912101F", nameof(Track2Fault.Discretionary))]
    [InlineData("4111111111111111=4912101=1", nameof(Track2Fault.Discretionary))]
    public void Track2_BadText_NamesTheFault(string text, string expected)
    {
        Assert.False(Track2.TryParse(text, out var track, out var fault));
        Assert.Null(track);
        Assert.Equal(expected, fault.ToString());
    }

    [Fact]
    public void ToString_EverySensitiveType_ShowsNoValue()
    {
        Assert.True(Track2.TryParse(Track, out var track, out _));
        Assert.Equal("411111******1111=***", track.ToString());
        Assert.Equal("**/**", track.Expiry.ToString());
        Assert.True(PinBlock.TryCreate("12345678"u8, out var pin));
        Assert.Equal("[PIN block]", pin.ToString());
        Assert.True(EmvData.TryCreate(new byte[] { 0x9A, 0x03, 0x26, 0x01, 0x31 }, out var emv, out _));
        Assert.Equal("[EMV data, 5 bytes]", emv.ToString());
        var json = System.Text.Json.JsonSerializer.Serialize(new { emv, pin, track });
        Assert.DoesNotContain("1234567890123", json, StringComparison.Ordinal);
        Assert.DoesNotContain("mgMmATE", json, StringComparison.Ordinal);
    }

    [Fact]
    public void PinBlock_EightBytes_RoundTrips()
    {
        Assert.True(PinBlock.TryCreate("12345678"u8, out var pin));
        Span<byte> copy = stackalloc byte[8];
        pin.CopyTo(copy);
        Assert.True(copy.SequenceEqual("12345678"u8));
        Assert.False(PinBlock.TryCreate("1234567"u8, out _));
        Assert.False(PinBlock.TryCreate("123456789"u8, out _));
    }
}
