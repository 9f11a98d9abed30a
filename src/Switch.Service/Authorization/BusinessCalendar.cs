namespace Switch.Service.Authorization;

/// <summary>
/// Assigns the business date (S12): the day in the configured zone, or the next one from the cut-over time on.
/// </summary>
internal sealed class BusinessCalendar
{
    private readonly TimeZoneInfo _zone;
    private readonly TimeSpan _cutOver;

    public BusinessCalendar(BusinessDayOptions options)
    {
        _zone = TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone);
        _cutOver = options.CutOver;
    }

    /// <summary>The business date of something accepted at that moment.</summary>
    public DateOnly BusinessDate(DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, _zone);
        var day = DateOnly.FromDateTime(local.DateTime);
        var isNext = _cutOver > TimeSpan.Zero && local.TimeOfDay >= _cutOver;
        return isNext ? day.AddDays(1) : day;
    }
}
