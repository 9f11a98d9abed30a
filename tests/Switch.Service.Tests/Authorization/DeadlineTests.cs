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
    public void OnStream_IsTheDefault_OrWhatIsLeftOfTheStream()
    {
        var now = _time.GetUtcNow().UtcDateTime;
        Assert.Equal(_limits.Default, Deadline.OnStream(DateTime.MaxValue, _limits, _time).Left);
        Assert.Equal(_limits.Default, Deadline.OnStream(now.AddDays(1), _limits, _time).Left);
        var left = TimeSpan.FromMilliseconds(700);
        Assert.Equal(left, Deadline.OnStream(now + left, _limits, _time).Left);
    }

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
