namespace Switch.Settlement.Statistics;

/// <summary>How far off forecasts were, over a rolling back-test.</summary>
/// <param name="Origins">Days that forecasts were made on.</param>
/// <param name="Comparisons">Forecasts compared with what came.</param>
/// <param name="Wape">Sum of absolute errors / sum of absolute values; null when all values were zero.</param>
/// <param name="Mape">Mean of absolute error / absolute value over the days that were not zero.</param>
/// <param name="Mae">Mean absolute error, in the unit of the series.</param>
internal readonly record struct BacktestError(int Origins, int Comparisons, double? Wape, double? Mape, double Mae);

/// <summary>
/// A baseline that a person can compute by hand: the median of the last four same weekdays, moved along the drift.
/// Exact
/// for what is constant, weekly or linear, or the sum of these; knows no holidays. Pure.
/// </summary>
internal static class SeasonalForecast
{
    public const string Method =
        "seasonal median with drift: median of the last four same weekdays, plus the change a day between the last two "
        + "equal spans of whole weeks (at most four weeks each) times the days between the middle of those weekdays "
        + "and the day; a weekday that was zero four times stays zero";

    /// <summary>Days that one forecast needs: four of each weekday.</summary>
    public const int HistoryMin = 28;

    /// <summary>Days that a forecast needs with a back-test over two weeks.</summary>
    public const int TestedHistoryMin = 42;

    /// <summary>Most days that the back-test makes forecasts on, and days ahead that it compares.</summary>
    public const int OriginsMax = 28;

    public const int HorizonDays = 7;

    private const int Week = 7;
    private const int SameWeekdays = 4;
    private const int DriftSpanMax = 28;

    /// <summary>The days after a history.</summary>
    /// <param name="history">A value a day without gaps, at least <see cref="HistoryMin"/>.</param>
    /// <param name="days">How many.</param>
    public static double[] Forecast(ReadOnlySpan<double> history, int days)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(history.Length, HistoryMin);
        var drift = Drift(history);
        var forecast = new double[days];
        Span<double> same = stackalloc double[SameWeekdays];
        for (var ahead = 1; ahead <= days; ahead++)
        {
            var weeksBack = (ahead + Week - 1) / Week;
            for (var i = 0; i < SameWeekdays; i++) same[i] =
                history[history.Length - 1 + ahead - (Week * (weeksBack + i))];
            if (!same.ContainsAnyExcept(0)) continue;
            same.Sort();
            // The median of four lies between the second and the third: that is where the drift goes on from.
            forecast[ahead - 1] = ((same[1] + same[2]) / 2) + (drift * Week * (weeksBack + 1.5));
        }

        return forecast;
    }

    /// <summary>"Every day will be like the last one": what a forecast has to beat.</summary>
    public static double[] Naive(ReadOnlySpan<double> history, int days)
    {
        var forecast = new double[days];
        Array.Fill(forecast, history[^1]);
        return forecast;
    }

    /// <summary>
    /// Makes forecasts on each of the last days from what was before it only, and compares them with what came.
    /// </summary>
    /// <param name="history">At least <see cref="TestedHistoryMin"/> days.</param>
    /// <param name="method">The method under test.</param>
    public static BacktestError Backtest(ReadOnlySpan<double> history, Func<ReadOnlySpan<double>, int, double[]> method)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(history.Length, TestedHistoryMin);
        var origins = Math.Min(OriginsMax, history.Length - HistoryMin);
        var (comparisons, nonZero) = (0, 0);
        var (absolute, values, relative) = (0.0, 0.0, 0.0);
        for (var known = history.Length - origins; known < history.Length; known++)
        {
            var days = Math.Min(HorizonDays, history.Length - known);
            var forecast = method(history[..known], days);
            for (var i = 0; i < days; i++)
            {
                var value = history[known + i];
                var error = Math.Abs(forecast[i] - value);
                absolute += error;
                values += Math.Abs(value);
                comparisons++;
                if (value == 0) continue;
                relative += error / Math.Abs(value);
                nonZero++;
            }
        }

        return new BacktestError(
            origins, comparisons, values == 0 ? null : absolute / values, nonZero == 0 ? null : relative / nonZero,
            absolute / comparisons);
    }

    // Over whole weeks the weekdays cancel out.
    private static double Drift(ReadOnlySpan<double> history)
    {
        var span = Math.Min(DriftSpanMax, history.Length / (2 * Week) * Week);
        var (last, before) = (0.0, 0.0);
        for (var i = 0; i < span; i++)
        {
            last += history[history.Length - 1 - i];
            before += history[history.Length - 1 - span - i];
        }

        return (last - before) / span / span;
    }
}
