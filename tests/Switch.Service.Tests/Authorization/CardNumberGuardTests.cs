using Switch.Service.Authorization;

namespace Switch.Service.Tests.Authorization;

public sealed class CardNumberGuardTests
{
    [Theory]
    [InlineData("4111111111111111")]
    [InlineData("card 4111 1111 1111 1111 was refunded")]
    [InlineData("4111-1111-1111-1111")]
    [InlineData("ticket 7, 378282246310005")]
    [InlineData("99994111111111111111")]
    [InlineData("4.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1")]
    public void MayHoldCardNumber_WithOne_IsTrue(string text) => Assert.True(CardNumberGuard.MayHoldCardNumber(text));

    [Theory]
    [InlineData("")]
    [InlineData("refunded by hand, ticket 4711")]
    [InlineData("ticket 123456789012")]
    [InlineData("call +49 30 1234567")]
    [InlineData("41111111a11111111")]
    [InlineData("411111******1111")]
    public void MayHoldCardNumber_WithNone_IsFalse(string text) =>
        Assert.False(CardNumberGuard.MayHoldCardNumber(text));
}
