using Switch.Service.Authorization;

namespace Switch.Service.Tests.Authorization;

public sealed class BusinessCalendarTests
{
    [Theory]
    [InlineData("UTC", "00:00:00", "2026-11-23T23:59:59Z", "2026-11-23")]
    [InlineData("UTC", "00:00:00", "2026-11-24T00:00:00Z", "2026-11-24")]
    [InlineData("UTC", "22:00:00", "2026-11-23T21:59:59Z", "2026-11-23")]
    [InlineData("UTC", "22:00:00", "2026-11-23T22:00:00Z", "2026-11-24")]
    [InlineData("Europe/Berlin", "00:00:00", "2026-07-01T22:30:00Z", "2026-07-02")]
    [InlineData("Europe/Berlin", "22:00:00", "2026-12-31T21:00:00Z", "2027-01-01")]
    public void BusinessDate_AtCutOver_ChangesInTheConfiguredZone(
        string zone, string cutOver, string at, string expected)
    {
        var options = new BusinessDayOptions { TimeZone = zone, CutOver = TimeSpan.Parse(cutOver, null) };
        var date = new BusinessCalendar(options).BusinessDate(DateTimeOffset.Parse(at, null));
        Assert.Equal(DateOnly.Parse(expected, null), date);
    }
}
