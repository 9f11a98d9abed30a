namespace Switch.HouseRules.Tests;
public sealed class ReferenceTests
{
    [Fact]
    public void X() => Assert.Equal(2, 1 + 1);
}
