using Switch.Load.Runs;

namespace Switch.Load.Tests.Runs;

public sealed class RateSearchTests
{
    [Theory]
    [InlineData(100)]
    [InlineData(123.4)]
    [InlineData(2_500)]
    [InlineData(77_777)]
    public void Search_SwitchWithACapacity_EndsWithinThePrecisionBelowIt(double capacity)
    {
        var (best, steps) = Search(new RateSearch(100, 1_000_000, 0.05), capacity);
        Assert.InRange(best!.Value, capacity * 0.95 - 0.001, capacity);
        Assert.InRange(steps, 2, 30);
    }

    [Fact]
    public void Search_NotEvenTheFirstRate_FindsNoneAfterOneStep() =>
        Assert.Equal((null, 1), Search(new RateSearch(100, 1_000_000, 0.05), 99));

    [Fact]
    public void Search_CapacityAboveTheLastRate_EndsThere() =>
        Assert.Equal(1000, Search(new RateSearch(100, 1000, 0.05), 5000).Best);

    private static (double? Best, int Steps) Search(RateSearch search, double capacity)
    {
        var steps = 0;
        while (search.Next is { } rate && steps < 1000)
        {
            steps++;
            search.Tell(rate <= capacity);
        }

        return (search.Best, steps);
    }
}
