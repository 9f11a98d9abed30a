namespace Switch.Routing.Tests;

public sealed class ParsingTests
{
    [Theory]
    [InlineData("4", "4", 40_000_000_000, 49_999_999_999)]
    [InlineData("0", "0", 0, 9_999_999_999)]
    [InlineData("12345678901", "12345678901", 12_345_678_901, 12_345_678_901)]
    [InlineData("222100-272099", "222100-272099", 22_210_000_000, 27_209_999_999)]
    [InlineData("000000 - 000001", "000000-000001", 0, 199_999)]
    public void BinRange_Good_CoversFromFirstToLast(string text, string written, long low, long high)
    {
        Assert.True(BinRange.TryParse(text, out BinRange range));
        Assert.Equal((low, high), (range.Low, range.High));
        Assert.Equal(written, range.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("4x")]
    [InlineData("123456789012")]
    [InlineData("40000-49999")]
    [InlineData("400000-4999999")]
    [InlineData("499999-400000")]
    [InlineData("400000-499999-5")]
    [InlineData("٤")]
    public void BinRange_Bad_False(string text) => Assert.False(BinRange.TryParse(text, out _));

    [Theory]
    [InlineData("6011", 6011, 6011)]
    [InlineData("0000-9999", 0, 9999)]
    [InlineData("3000 - 3299", 3000, 3299)]
    public void MccRange_Good_Parsed(string text, int low, int high)
    {
        Assert.True(MccRange.TryParse(text, out MccRange range));
        Assert.Equal(new MccRange(low, high), range);
    }

    [Theory]
    [InlineData("")]
    [InlineData("601")]
    [InlineData("60111")]
    [InlineData("+601")]
    [InlineData("3299-3000")]
    [InlineData("3000-")]
    public void MccRange_Bad_False(string text) => Assert.False(MccRange.TryParse(text, out _));

    [Theory]
    [InlineData("00:00-24:00", 0, 1440)]
    [InlineData("22:30 - 06:05", 1350, 365)]
    public void TimeWindow_Good_Parsed(string text, int from, int to)
    {
        Assert.True(TimeWindow.TryParse(text, out TimeWindow window));
        Assert.Equal(new TimeWindow(from, to), window);
    }

    [Theory]
    [InlineData("")]
    [InlineData("22:00")]
    [InlineData("22-06")]
    [InlineData("24:00-06:00")]
    [InlineData("22:00-24:01")]
    [InlineData("22:60-23:00")]
    [InlineData("2:00-03:00")]
    [InlineData("-1:00-03:00")]
    public void TimeWindow_Bad_False(string text) => Assert.False(TimeWindow.TryParse(text, out _));

    [Fact]
    public void BinDigits_LongCardNumber_ReadsElevenAndShowsSix()
    {
        Assert.True(BinDigits.TryParse("4111111111111111", out BinDigits fromText));
        Assert.True(BinDigits.TryParse("4111111111111111"u8, out BinDigits fromBytes));
        Assert.Equal(BinDigits.FromNumber(41_111_111_111, 11), fromText);
        Assert.Equal(fromText, fromBytes);
        Assert.Equal("411111.....", fromText.ToString());
        Assert.Equal("411111", BinDigits.FromNumber(411_111, 6).ToString());
        Assert.Equal("000004", BinDigits.FromNumber(4, 6).ToString());
    }

    [Fact]
    public void BinDigits_Bad_Refused()
    {
        Assert.False(BinDigits.TryParse("", out _));
        Assert.False(BinDigits.TryParse("41111x", out _));
        Assert.False(BinDigits.TryParse("41111\u0100"u8, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => BinDigits.FromNumber(1_000_000, 6));
        Assert.Throws<ArgumentOutOfRangeException>(() => BinDigits.FromNumber(-1, 6));
        Assert.Throws<ArgumentOutOfRangeException>(() => BinDigits.FromNumber(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => BinDigits.FromNumber(1, 12));
    }

    [Theory]
    [InlineData("AAA")]
    [InlineData("EUR")]
    [InlineData("ZZZ")]
    public void CurrencyCode_RoundTrip_Same(string letters)
    {
        Assert.True(CurrencyCode.TryParse(letters, out CurrencyCode currency));
        Assert.Equal(letters, currency.ToString());
        Assert.InRange(currency.Number, 1, CurrencyCode.Count - 1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("EU")]
    [InlineData("eur")]
    [InlineData("EURO")]
    [InlineData("E1R")]
    public void CurrencyCode_Bad_False(string letters) => Assert.False(CurrencyCode.TryParse(letters, out _));

    [Fact]
    public void CountryCode_RoundTripAndBad()
    {
        Assert.True(CountryCode.TryParse("FR", out CountryCode france));
        Assert.Equal("FR", france.ToString());
        Assert.Equal("", default(CountryCode).ToString());
        Assert.False(CountryCode.TryParse("fr", out _));
        Assert.False(CountryCode.TryParse("FRA", out _));
    }
}
