using System.Data.Common;
using System.Globalization;
using Dapper;
using Switch.Contracts.V1;
using Switch.Settlement.Books;
using Switch.Settlement.Records;

namespace Switch.Settlement.Statistics;

/// <summary>A question for a forecast that was found valid.</summary>
internal sealed record ForecastQuery(
    ForecastMeasure Measure, string Currency, string MerchantId, int Days, DateOnly HistoryTo)
{
    public const int DaysMax = 62;
    public const int DaysDefault = 14;

    /// <summary>Days of history that are read; a whole number of weeks.</summary>
    public const int HistoryMax = 364;

    private static readonly string FeeIncome = $"account = {(int)Account.FeeIncome}";

    private static readonly string NetIncome =
        $"account IN ({(int)Account.FeeIncome}, {(int)Account.Interchange}, {(int)Account.SchemeCost})";

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT, with every faulty field.</exception>
    public static ForecastQuery Of(GetForecastRequest request, DateOnly today)
    {
        var faults = new QueryFaults();
        var historyTo = today.AddDays(-1);
        if (!Enum.IsDefined(request.Measure)) faults.Add("measure", "is not known");
        PaymentSearch.CheckCurrency("currency", request.Currency, faults);
        if (request.MerchantId.Length > 15 || request.MerchantId.Any(char.IsControl))
            faults.Add("merchant_id", "must have at most 15 printable characters");
        if (request.Days is < 0 or > DaysMax) faults.Add("days", $"must be 1 to {DaysMax}, or 0 for {DaysDefault}");
        if (request.HistoryTo.Length > 0 && (!PaymentSearch.IsDate(request.HistoryTo, out historyTo)
            || historyTo > today || historyTo.Year < 2000))
            faults.Add("history_to", "must be a date from 2000 to today, YYYY-MM-DD");
        faults.ThrowIfAny();
        return new ForecastQuery(
            request.Measure == ForecastMeasure.Unspecified ? ForecastMeasure.FeeIncome : request.Measure,
            request.Currency, request.MerchantId, request.Days == 0 ? DaysDefault : request.Days, historyTo);
    }

    public string Sql
    {
        get
        {
            // An account's credit is negative in the books, and income to a person.
            var (table, day, value, which) = Measure switch
            {
                ForecastMeasure.NetIncome => ("balance", "settle_date", "-amount_minor", NetIncome),
                ForecastMeasure.Purchases => ("statistic_hour", "business_date", "approved_minor",
                    $"kind = {(int)TransactionKind.Purchase}"),
                ForecastMeasure.Answered => ("statistic_hour", "business_date", "requests", "1 = 1"),
                _ => ("balance", "settle_date", "-amount_minor", FeeIncome),
            };
            // The balances have no row of all merchants, as the statistics do.
            var merchant = MerchantId.Length > 0 || table == "statistic_hour" ? " AND merchant_id = @merchant" : "";
            return $"SELECT {day} AS Day, CAST(SUM({value}) AS BIGINT) AS Value FROM {table} "
                + $"WHERE {day} BETWEEN @from AND @to AND currency = @currency AND {which}{merchant} GROUP BY {day}";
        }
    }

    /// <summary>A value a day, from the first day with figures; days without any are zero.</summary>
    public async Task<(DateOnly From, double[] Values)> HistoryAsync(
        DbConnection connection, CancellationToken cancellationToken)
    {
        var parameters = new
        {
            from = Text(HistoryTo.AddDays(1 - HistoryMax)),
            to = Text(HistoryTo),
            currency = Currency,
            merchant = MerchantId.Length > 0 ? MerchantId : HourlyStatistics.AllMerchants,
        };
        var rows = await connection.QueryAsync<DayRow>(
            new CommandDefinition(Sql, parameters, cancellationToken: cancellationToken));
        var known = rows.ToDictionary(row => DateOnly.ParseExact(row.Day, "yyyy-MM-dd", CultureInfo.InvariantCulture));
        if (known.Count == 0) return (HistoryTo, []);
        var from = known.Keys.Min();
        var values = new double[HistoryTo.DayNumber - from.DayNumber + 1];
        foreach (var (day, row) in known) values[day.DayNumber - from.DayNumber] = row.Value;
        return (from, values);
    }

    /// <exception cref="Grpc.Core.RpcException">FAILED_PRECONDITION: the history is too short to test on.</exception>
    public GetForecastResponse Tell(DateOnly from, double[] history)
    {
        if (history.Length < SeasonalForecast.TestedHistoryMin)
        {
            throw QueryFaults.HistoryTooShort(
                $"{history.Length} days of history up to {Text(HistoryTo)}; a forecast with a back-test needs "
                + $"{SeasonalForecast.TestedHistoryMin}");
        }

        var response = new GetForecastResponse
        {
            Measure = Measure,
            Currency = Currency,
            Method = SeasonalForecast.Method,
            HistoryFrom = Text(from),
            HistoryTo = Text(HistoryTo),
            Backtest = Describe(SeasonalForecast.Backtest(history, Predict)),
            NaiveBacktest = Describe(SeasonalForecast.Backtest(history, SeasonalForecast.Naive)),
        };
        var values = Predict(history, Days);
        for (var i = 0; i < values.Length; i++)
        {
            response.Days.Add(new ForecastDay
            {
                Date = Text(HistoryTo.AddDays(i + 1)),
                Value = (long)Math.Round(values[i], MidpointRounding.ToEven),
            });
        }

        return response;
    }

    // What is tested is what is told: counts and turnover below zero do not exist, income below zero does.
    private double[] Predict(ReadOnlySpan<double> history, int days)
    {
        var values = SeasonalForecast.Forecast(history, days);
        if (Measure is not (ForecastMeasure.Purchases or ForecastMeasure.Answered)) return values;
        for (var i = 0; i < values.Length; i++) values[i] = Math.Max(0, values[i]);
        return values;
    }

    private static ForecastError Describe(BacktestError error)
    {
        var message = new ForecastError
        {
            Origins = error.Origins,
            HorizonDays = SeasonalForecast.HorizonDays,
            Comparisons = error.Comparisons,
            Mae = error.Mae,
        };
        if (error.Wape is { } wape) message.Wape = wape;
        if (error.Mape is { } mape) message.Mape = mape;
        return message;
    }

    private static string Text(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private sealed class DayRow
    {
        public string Day { get; set; } = "";

        public long Value { get; set; }
    }
}
