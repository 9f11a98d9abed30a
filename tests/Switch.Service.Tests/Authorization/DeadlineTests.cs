using Microsoft.Extensions.Time.Testing;
using Switch.Service.Authorization;

namespace Switch.Service.Tests.Authorization;

public sealed class DeadlineTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly DeadlineOptions _limits = new();

    [Fact]
    public void OfCall_WithoutDeadline_GetsTheDefault() =>
        Assert.Equal(_limits.Default, Deadline.OfCall(DateTime.MaxValue, _limits, _time).Left);

    [Fact]
    public void OfCall_BeyondTheMaximum_IsCut() =>
        Assert.Equal(_limits.Max, Deadline.OfCall(_time.GetUtcNow().UtcDateTime.AddHours(1), _limits, _time).Left);

    [Fact]
    public void Left_AsTimePasses_FallsBelowZero()
    {
        var deadline = Deadline.OfCall(_time.GetUtcNow().UtcDateTime.AddSeconds(3), _limits, _time);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(TimeSpan.FromSeconds(1), deadline.Left);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(TimeSpan.FromSeconds(-1), deadline.Left);
    }
}
