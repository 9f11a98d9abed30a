using Switch.Iso8583;
using Switch.Service.Acquirers;

namespace Switch.Service.Tests.Acquirers;

/// <summary>What the configuration says of a link is what the link gets.</summary>
public sealed class AcquirerOptionsTests
{
    [Theory]
    [InlineData(4096, 4096)]
    [InlineData(65_536, 65_536)]
    [InlineData(1, 16)]
    public void S7_AsManyRequestsAreRemembered_AsMayTimeOutAtOnce(int pendingMax, int remembered)
    {
        var link = new AcquirerOptions { Endpoints = ["127.0.0.1:1"], PendingMax = pendingMax }
            .ToLinkOptions(IsoDialect.Ascii1987);
        Assert.Equal(remembered, link.MaxRemembered);
        Assert.Empty(link.Validate());
    }

    [Fact]
    public void Breaker_IsTheLinksOwn_UnlessConfigured()
    {
        var plain = new AcquirerOptions().ToLinkOptions(IsoDialect.Ascii1987).Breaker;
        var own = new IsoBreakerOptions();
        Assert.Equal(
            (own.FailureRatio, own.MinOutcomes, own.Window), (plain.FailureRatio, plain.MinOutcomes, plain.Window));

        var options = new AcquirerOptions
        {
            BreakerRatio = 0.25,
            BreakerRatioMin = 7,
            BreakerWindow = TimeSpan.FromSeconds(9),
        };
        var set = options.ToLinkOptions(IsoDialect.Ascii1987).Breaker;
        Assert.Equal(
            (0.25, 7, TimeSpan.FromSeconds(9)), (set.FailureRatio, set.MinOutcomes, set.Window));
    }
}
