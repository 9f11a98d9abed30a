using Switch.Settlement.Days;

namespace Switch.Settlement.Tests.Days;

public sealed class SettlementDatesTests
{
    private const string Topic = "t";

    [Fact]
    public void Of_NothingClosed_IsTheBusinessDate() =>
        Assert.Equal(Day(3), new SettlementDates([]).Of(Day(3), Topic, 0, 99));

    [Theory]
    [InlineData(99, 1)] // consumed before the close
    [InlineData(100, 2)] // the first that came after it
    [InlineData(199, 2)]
    [InlineData(200, 3)] // after the second close too
    public void Of_ClosedDays_GoesPastTheClosesThatItCameTooLateFor(long offset, int expected)
    {
        var dates = new SettlementDates([Close(2, 200), Close(1, 100)]);
        Assert.Equal(Day(expected), dates.Of(Day(1), Topic, 0, offset));
    }

    [Fact]
    public void Of_PartitionWithoutWatermark_NothingOfItWasConsumed() =>
        Assert.Equal(Day(2), new SettlementDates([Close(1, 100)]).Of(Day(1), Topic, 7, 0));

    [Fact]
    public void Of_LaterDateThanTheClose_Stays() =>
        Assert.Equal(Day(5), new SettlementDates([Close(1, 100)]).Of(Day(5), Topic, 0, 500));

    [Fact]
    public void Of_AnyCloses_IsWhatTheLoopOverAllClosesSays()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var closes = Enumerable.Range(1, 12).Where(_ => random.Next(3) > 0)
                .Select(day => Close(day, random.Next(50))).ToList();
            var dates = new SettlementDates(closes);
            for (var day = 1; day <= 13; day++)
            {
                var offset = random.Next(60);
                var expected = Day(day);
                foreach (var close in closes)
                {
                    if (close.Date >= expected && offset >= close.Watermarks[(Topic, 0)])
                        expected = close.Date.AddDays(1);
                }

                Assert.Equal(expected, dates.Of(Day(day), Topic, 0, offset));
            }
        }
    }

    private static DateOnly Day(int day) => new(2026, 5, day);

    private static DayClose Close(int day, long watermark) =>
        new(Day(day), new Dictionary<(string, int), long> { [(Topic, 0)] = watermark });
}
