using System.Collections.Frozen;

namespace Switch.Settlement.Terms;

/// <summary>Which days are business days: not Saturdays, not Sundays, not the holidays listed. Immutable.</summary>
internal sealed class HolidayCalendar
{
    // A month of holidays in a row is a fault of the file; it would move a payout out of anybody's sight.
    private const int StepsMax = 3_660;

    private readonly FrozenSet<DateOnly> _holidays;

    public HolidayCalendar(string name, IEnumerable<DateOnly> holidays)
    {
        Name = name;
        _holidays = holidays.ToFrozenSet();
    }

    /// <summary>Without holidays.</summary>
    public static HolidayCalendar Weekends { get; } = new("", []);

    public string Name { get; }

    public bool IsBusinessDay(DateOnly date) =>
        date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !_holidays.Contains(date);

    /// <summary>The date itself or the next business day after it.</summary>
    public DateOnly OnOrAfter(DateOnly date)
    {
        for (var i = 0; i < StepsMax; i++)
        {
            if (IsBusinessDay(date)) return date;
            date = date.AddDays(1);
        }

        throw new InvalidOperationException($"calendar '{Name}' has no business day in ten years from {date:O}");
    }

    /// <summary>The n-th business day after a date; with n = 0 the date itself or the next business day.</summary>
    public DateOnly Add(DateOnly date, int businessDays)
    {
        if (businessDays == 0) return OnOrAfter(date);
        for (var i = 0; i < businessDays; i++) date = OnOrAfter(date.AddDays(1));
        return date;
    }
}
