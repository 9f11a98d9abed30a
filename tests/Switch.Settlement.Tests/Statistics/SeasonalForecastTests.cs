using Switch.Settlement.Statistics;

namespace Switch.Settlement.Tests.Statistics;

public sealed class SeasonalForecastTests
{
    [Fact]
    public void Forecast_OfAConstant_IsTheConstant() =>
        AssertExact(Series(60, _ => 500), day => 500);

    [Fact]
    public void Forecast_OfAWeeklyPattern_GoesOnWithIt() =>
        AssertExact(Series(70, Weekly), Weekly);

    [Fact]
    public void Forecast_OfATrend_GoesOnWithIt() =>
        AssertExact(Series(90, day => 1000 + (3 * day)), day => 1000 + (3 * day));

    [Fact]
    public void Forecast_OfPatternAndTrend_GoesOnWithBoth() =>
        AssertExact(Series(45, day => Weekly(day) + (2 * day)), day => Weekly(day) + (2 * day));

    [Fact]
    public void Forecast_OfAClosedWeekday_StaysZeroWhateverTheTrend()
    {
        var history = Series(84, day => day % 7 == 6 ? 0 : 100 + day);
        var forecast = SeasonalForecast.Forecast(history, 14);

        Assert.Equal(0, forecast[6]);
        Assert.Equal(0, forecast[13]);
        Assert.All([0, 1, 2, 3, 4, 5, 7], day => Assert.True(forecast[day] > 0));
    }

    [Fact]
    public void Forecast_OfNothingAtAll_IsNothing() =>
        AssertExact(Series(60, _ => 0), _ => 0);

    [Fact]
    public void Forecast_OneWildDay_DoesNotMoveItsWeekdayMuch()
    {
        var history = Series(84, _ => 100);
        history[80] = 100_000;
        // A mean of the same weekdays would say 25,075, and the drift of a single day is spread over 28.
        Assert.InRange(SeasonalForecast.Forecast(history, 7)[3], 100, 3000);
    }

    [Fact]
    public void Backtest_OfWhatTheMethodFits_HasNoErrorWhereTheNaiveHas()
    {
        var history = Series(84, Weekly);
        var seasonal = SeasonalForecast.Backtest(history, SeasonalForecast.Forecast);
        var naive = SeasonalForecast.Backtest(history, SeasonalForecast.Naive);

        Assert.Equal(0, seasonal.Wape!.Value, 9);
        Assert.True(naive.Wape > 0.1, $"the naive forecast of a weekly pattern is off by {naive.Wape}");
        Assert.Equal((28, 28), (seasonal.Origins, naive.Origins));
        // 21 forecasts over seven days, then six, five, down to one.
        Assert.Equal((22 * 7) + 6 + 5 + 4 + 3 + 2 + 1, seasonal.Comparisons);
    }

    [Fact]
    public void Backtest_OfAMethodThatIsOffByAKnownAmount_SaysThatAmount()
    {
        var history = Series(42, _ => 200);
        var error = SeasonalForecast.Backtest(history, static (_, days) => [.. Enumerable.Repeat(150.0, days)]);

        Assert.Equal((0.25, 0.25, 50.0), (error.Wape!.Value, error.Mape!.Value, error.Mae));
        Assert.Equal(14, error.Origins);
    }

    [Fact]
    public void Backtest_ZeroDays_AreNoDivisors()
    {
        var mixed = SeasonalForecast.Backtest(
            Series(70, day => day % 2 == 0 ? 0 : 100), static (_, days) => [.. Enumerable.Repeat(50.0, days)]);
        var zeros = SeasonalForecast.Backtest(Series(70, _ => 0), SeasonalForecast.Naive);

        Assert.Equal(0.5, mixed.Mape!.Value, 9);
        Assert.InRange(mixed.Wape!.Value, 0.9, 1.1);
        Assert.Equal((null, null, 0.0), (zeros.Wape, zeros.Mape, zeros.Mae));
    }

    [Fact]
    public void Backtest_NeverSeesWhatItIsComparedWith()
    {
        var history = Series(84, day => day);
        SeasonalForecast.Backtest(history, (known, days) =>
        {
            Assert.Equal(known.Length - 1, known[^1]);
            Assert.True(known.Length + days <= 84);
            return new double[days];
        });
    }

    [Fact]
    public void Backtest_OfNoise_IsNearTheNoise()
    {
        const int Seed = 20260601;
        var random = new Random(Seed);
        var history = Series(364, day => Weekly(day) + random.Next(-40, 41));
        var error = SeasonalForecast.Backtest(history, SeasonalForecast.Forecast);
        Assert.True(error.Mae is > 5 and < 45, $"seed {Seed}: off by {error.Mae} where the noise is 20 on average");
    }

    private static double Weekly(int day) => (day % 7) switch
    {
        4 => 900,
        5 => 1200,
        6 => 150,
        _ => 400,
    };

    private static double[] Series(int days, Func<int, double> value) =>
        [.. Enumerable.Range(0, days).Select(value)];

    private static void AssertExact(double[] history, Func<int, double> expected)
    {
        var forecast = SeasonalForecast.Forecast(history, 30);
        for (var i = 0; i < forecast.Length; i++) Assert.Equal(expected(history.Length + i), forecast[i], 6);
    }
}
