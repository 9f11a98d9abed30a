using Switch.Load.Runs;

namespace Switch.Load.Tests.Runs;

public sealed class ScheduleTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(1, 10, 10)]
    [InlineData(3, 10, 30)]
    [InlineData(0.5, 10, 5)]
    [InlineData(333.3, 3, 1000)]
    [InlineData(10_000, 2, 20_000)]
    public void Starts_OfOneRate_AreAsManyAsItSaysAndEvenlySpaced(double rate, int seconds, int expected)
    {
        var starts = Schedule.Of([rate], Second * seconds, TimeSpan.Zero).Starts().ToList();
        Assert.Equal(expected, starts.Count);
        for (var i = 0; i < starts.Count; i++)
            Assert.Equal(i / rate, starts[i].At.TotalSeconds, 0.000_001);
    }

    [Fact]
    public void Starts_OfSteps_FollowEachOther()
    {
        var schedule = Schedule.Of([10, 20, 5], Second * 2, Second);
        Assert.Equal([10, 20, 40, 10], schedule.Starts().CountBy(static s => s.Step).Select(static s => s.Value));
        Assert.True(schedule.Steps[0].IsWarmUp);
        Assert.Equal(10, schedule.Steps[0].PerSecond);
        Assert.Equal(Second * 7, schedule.End);
        Assert.Equal(schedule.Starts().OrderBy(static s => s.At), schedule.Starts());
        Assert.All(schedule.Starts(), start => Assert.Equal(start.Step, schedule.StepAt(start.At)));
    }

    [Fact]
    public void StepAt_AfterTheEnd_IsTheLast() =>
        Assert.Equal(1, Schedule.Of([1, 2], Second, TimeSpan.Zero).StepAt(Second * 9));
}
