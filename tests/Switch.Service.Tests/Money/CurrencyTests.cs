using Switch.Service.Money;

namespace Switch.Service.Tests.Money;

public sealed class CurrencyTests
{
    [Theory]
    [InlineData("EUR", "978", 2)]
    [InlineData("JPY", "392", 0)]
    [InlineData("KWD", "414", 3)]
    [InlineData("ALL", "008", 2)]
    [InlineData("XCG", "532", 2)]
    [InlineData("VED", "926", 2)]
    public void TryFind_KnownCode_GivesNumberAndExponent(string code, string numeric, int exponent)
    {
        Assert.True(Currency.TryFind(code, out var currency));
        Assert.Equal((numeric, exponent), (currency.Numeric, currency.Exponent));
        Assert.Equal(code, currency.RoutingCode.ToString());
    }

    [Theory]
    [InlineData("EURO")]
    [InlineData("eur")]
    [InlineData("XXX")]
    [InlineData("BGN")] // withdrawn
    [InlineData("")]
    public void TryFind_AnythingElse_IsNoCurrency(string code) => Assert.False(Currency.TryFind(code, out _));
}
