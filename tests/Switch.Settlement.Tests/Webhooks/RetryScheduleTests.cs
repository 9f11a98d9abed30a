using Switch.Settlement.Webhooks;

namespace Switch.Settlement.Tests.Webhooks;

public sealed class RetryScheduleTests
{
    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 300)]
    [InlineData(3, 1_800)]
    [InlineData(4, 7_200)]
    [InlineData(5, 18_000)]
    [InlineData(6, 36_000)]
    [InlineData(7, 50_400)]
    [InlineData(8, 72_000)]
    [InlineData(9, 86_400)]
    public void Next_Failure_IsTheStandardsPauseWithJitterOnTop(int failures, int seconds)
    {
        Assert.Equal(TimeSpan.FromSeconds(seconds), Next(failures, 0, null));
        Assert.Equal(TimeSpan.FromSeconds(seconds * 1.1), Next(failures, 0.5, null));
    }

    [Fact]
    public void Next_TenthFailure_IsTheLast() => Assert.Null(Next(10, 0, TimeSpan.FromSeconds(1)));

    [Theory]
    [InlineData(1, 60, 60)]
    [InlineData(1, 2, 5)]
    [InlineData(1, -60, 5)]
    [InlineData(2, 10_000_000, 86_400)]
    public void Next_RetryAfter_LengthensThePauseWithinBounds(int failures, int asked, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Next(failures, 0, TimeSpan.FromSeconds(asked)));

    private static TimeSpan? Next(int failures, double random, TimeSpan? retryAfter) =>
        RetrySchedule.Next(RetrySchedule.Standard, failures, random, retryAfter);
}
