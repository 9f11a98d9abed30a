using System.Globalization;

namespace Switch.Settlement.Days;

/// <summary>
/// Which business date it is (S12): the day in the configured zone, or the next one from the cut-over time on. Set it
/// as the switch is set.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="zone">The zone of the business date.</param>
/// <param name="cutOver">From this time of day on it is the next date; zero: at midnight.</param>
internal sealed class BusinessDay(TimeProvider time, TimeZoneInfo zone, TimeSpan cutOver)
{
    public const string Form = "yyyy-MM-dd";

    /// <summary>The business date of this moment.</summary>
    public DateOnly Today
    {
        get
        {
            var local = TimeZoneInfo.ConvertTime(time.GetUtcNow(), zone);
            var day = DateOnly.FromDateTime(local.DateTime);
            return cutOver > TimeSpan.Zero && local.TimeOfDay >= cutOver ? day.AddDays(1) : day;
        }
    }

    /// <summary>This moment in Unix milliseconds.</summary>
    public long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>A date as it is stored.</summary>
    public static string Text(DateOnly date) => date.ToString(Form, CultureInfo.InvariantCulture);

    /// <summary>A stored date.</summary>
    public static DateOnly Parse(string text) => DateOnly.ParseExact(text, Form, CultureInfo.InvariantCulture);
}
