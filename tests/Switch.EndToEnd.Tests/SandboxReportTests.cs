using Switch.Contracts.V1;
using Switch.Sandbox;

namespace Switch.EndToEnd.Tests;

/// <summary>How the sandbox prints amounts.</summary>
public sealed class SandboxReportTests
{
    [Theory]
    [InlineData(1290, "EUR", "12.90 EUR")]
    [InlineData(29_800, "JPY", "29800 JPY")]
    [InlineData(5_000, "CLP", "5000 CLP")]
    [InlineData(12_345, "KWD", "12.345 KWD")]
    [InlineData(5, "BHD", "0.005 BHD")]
    [InlineData(450, "EURO", "4.50 EURO")]
    [InlineData(100, "[x]", "1.00 [[x]]")]
    public void Amount_HasTheDecimalsOfItsCurrency(long minor, string currency, string expected) =>
        Assert.Equal(expected, Report.AmountOf(new Money { AmountMinor = minor, Currency = currency }));

    [Fact]
    public void Amount_ThatIsMissing_IsADash() => Assert.Equal("-", Report.AmountOf(null));
}
