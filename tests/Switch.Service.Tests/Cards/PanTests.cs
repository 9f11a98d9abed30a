using Switch.Service.Cards;

namespace Switch.Service.Tests.Cards;

public sealed class PanTests
{
    [Theory]
    [InlineData("4111111111111111")]
    [InlineData("5555555555554444")]
    [InlineData("378282246310005")]
    [InlineData("6011000990139424")]
    [InlineData("4222222222222")]
    [InlineData("000000000000")]
    [InlineData("9999999999999999998")]
    public void TryParse_PublishedTestCard_RoundTrips(string text)
    {
        Assert.True(Pan.TryParse(text, out var pan, out var fault));
        Assert.Equal(PanFault.None, fault);
        Assert.Equal(text.Length, pan.Length);
        Assert.Equal(text[..6], pan.FirstSix);
        Assert.Equal(text[^4..], pan.LastFour);

        Span<char> chars = stackalloc char[Pan.LengthMax];
        Assert.Equal(text, chars[..pan.CopyDigits(chars)].ToString());
        Span<byte> bytes = stackalloc byte[Pan.LengthMax];
        Assert.Equal(text, System.Text.Encoding.ASCII.GetString(bytes[..pan.CopyDigits(bytes)]));
    }

    [Theory]
    [InlineData("", nameof(PanFault.Empty))]
    [InlineData("4111 1111 1111 1111", nameof(PanFault.NotDigits))]
    [InlineData("411111111111111a", nameof(PanFault.NotDigits))]
    [InlineData("41111111111111١1", nameof(PanFault.NotDigits))]
    [InlineData("41111111111", nameof(PanFault.Length))]
    [InlineData("41111111111111111111", nameof(PanFault.Length))]
    [InlineData("4111111111111112", nameof(PanFault.Luhn))]
    [InlineData("4111111111111", nameof(PanFault.Luhn))]
    public void TryParse_BadText_NamesTheFault(string text, string expected)
    {
        Assert.False(Pan.TryParse(text, out var pan, out var fault));
        Assert.Equal(expected, fault.ToString());
        Assert.Equal(default, pan);
    }

    [Fact]
    public void TryParse_EveryLastDigit_TakesExactlyOne()
    {
        for (var length = Pan.LengthMin; length <= Pan.LengthMax; length++)
        {
            var stem = new string('7', length - 1);
            var taken = 0;
            for (var digit = 0; digit < 10; digit++)
                if (Pan.TryParse(stem + digit, out _, out _)) taken++;

            Assert.Equal(1, taken);
        }
    }

    [Fact]
    public void ToString_AnyPan_ShowsFirstSixAndLastFourOnly()
    {
        Assert.Equal("411111******1111", Parse("4111111111111111").ToString());
        Assert.Equal("411111******1111", $"{Parse("4111111111111111")}");
        Assert.Equal("000000**0000", Parse("000000000000").ToString());
        Assert.Equal("", default(Pan).ToString());
    }

    [Fact]
    public void BinPrefix_AnyDepth_IsTheLeadingDigits()
    {
        var pan = Parse("5555555555554444");
        Assert.Equal(5, pan.BinPrefix(1));
        Assert.Equal(555555, pan.BinPrefix(6));
        Assert.Equal(55555555, pan.BinPrefix(8));
        Assert.Equal(5555555555554444, pan.BinPrefix(16));
        Assert.Throws<ArgumentOutOfRangeException>(() => pan.BinPrefix(17));
        Assert.Throws<ArgumentOutOfRangeException>(() => pan.BinPrefix(0));
    }

    [Fact]
    public void Equality_SameDigits_IsEqual()
    {
        Assert.Equal(Parse("4111111111111111"), Parse("4111111111111111"));
        Assert.NotEqual(Parse("4111111111111111"), Parse("5555555555554444"));
        // The same number with a different count of leading zeros is a different card.
        Assert.NotEqual(Parse("000000000000"), Parse("0000000000000"));
    }

    [Fact]
    public void CopyDigits_ShortDestination_Throws()
    {
        var pan = Parse("4111111111111111");
        Assert.Throws<ArgumentException>(() => pan.CopyDigits(new char[15]));
        Assert.Throws<ArgumentException>(() => pan.CopyDigits(new byte[15]));
    }

    [Fact]
    public void JsonSerialization_Pan_TellsNoMoreThanTheMask()
    {
        var json = System.Text.Json.JsonSerializer.Serialize(Parse("4111111111111111"));
        Assert.Equal("""{"Length":16,"FirstSix":"411111","LastFour":"1111"}""", json);
    }

    private static Pan Parse(string text)
    {
        Assert.True(Pan.TryParse(text, out var pan, out _));
        return pan;
    }
}
