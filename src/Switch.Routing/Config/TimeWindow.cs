using System.Globalization;

namespace Switch.Routing;

/// <summary>
/// A window of local time from one minute up to, not including, another: <c>22:00-06:00</c>. A window whose end is
/// before its start runs past midnight and belongs to the day on which it starts.
/// </summary>
/// <param name="FromMinute">Minutes since midnight, 0 to 1,439.</param>
/// <param name="ToMinute">Minutes since midnight, 0 to 1,440.</param>
public readonly record struct TimeWindow(int FromMinute, int ToMinute)
{
    /// <summary>Minutes of a day.</summary>
    public const int MinutesPerDay = 24 * 60;

    /// <summary>From midnight to midnight.</summary>
    public static TimeWindow WholeDay => new(0, MinutesPerDay);

    /// <summary>True when no minute lies inside.</summary>
    public bool IsEmpty => FromMinute == ToMinute;

    /// <summary>Reads <c>HH:mm-HH:mm</c>; the end may be 24:00.</summary>
    /// <returns>False for anything else.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeWindow window)
    {
        window = default;
        int hyphen = text.IndexOf('-');
        if (hyphen < 0) return false;
        if (!TryMinute(text[..hyphen].TrimEnd(), MinutesPerDay - 1, out int from)) return false;
        if (!TryMinute(text[(hyphen + 1)..].TrimStart(), MinutesPerDay, out int to)) return false;
        window = new TimeWindow(from, to);
        return true;
    }

    /// <summary>As it would be written.</summary>
    public override string ToString() =>
        $"{FromMinute / 60:D2}:{FromMinute % 60:D2}-{ToMinute / 60:D2}:{ToMinute % 60:D2}";

    private static bool TryMinute(ReadOnlySpan<char> text, int minuteMax, out int minute)
    {
        minute = 0;
        if (text.Length != 5 || text[2] != ':') return false;
        if (!int.TryParse(text[..2], NumberStyles.None, CultureInfo.InvariantCulture, out int hours)) return false;
        if (!int.TryParse(text[3..], NumberStyles.None, CultureInfo.InvariantCulture, out int minutes)) return false;
        minute = (hours * 60) + minutes;
        return minutes < 60 && minute <= minuteMax;
    }
}
