using Switch.Load.Compare;

namespace Switch.Load.Tests.Compare;

public sealed class SpreadTests
{
    [Theory]
    [InlineData(new double[] { 3 }, 3, 3, 3)]
    [InlineData(new double[] { 3, 1, 2 }, 2, 1, 3)]
    [InlineData(new double[] { 4, 1, 2, 9 }, 3, 1, 9)]
    public void Values_TheirMedianAndEnds_AreFound(double[] values, double median, double min, double max) =>
        Assert.Equal(new Spread(median, min, max), Spread.Of(values));
}
