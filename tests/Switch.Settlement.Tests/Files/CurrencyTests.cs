using Switch.Routing;
using Switch.Settlement.Files;

namespace Switch.Settlement.Tests.Files;

public sealed class CurrencyTests
{
    [Fact]
    public void Currencies_AreThoseOfTheRoutingCore()
    {
        foreach (var expected in Iso4217.All)
        {
            Assert.True(Currency.TryFind(expected.Code, out var currency));
            Assert.True(Currency.TryFind(expected.Numeric, out var byNumber));
            Assert.Equal(new Currency(expected.Code, expected.Numeric, expected.Decimals), currency);
            Assert.Same(currency, byNumber);
        }

        Assert.Equal(Iso4217.All.Count, Currency.Count);
    }

    [Theory]
    [InlineData("EUR", 1290, "12.90")]
    [InlineData("EUR", -5, "-0.05")]
    [InlineData("JPY", 1290, "1290")]
    [InlineData("KWD", 1, "0.001")]
    [InlineData("EUR", long.MinValue, "-92233720368547758.08")]
    public void ToMajor_KeepsEveryDecimal(string code, long minor, string expected) =>
        Assert.Equal(expected, FormattableString.Invariant($"{Currency.Of(code).ToMajor(minor)}"));
}
