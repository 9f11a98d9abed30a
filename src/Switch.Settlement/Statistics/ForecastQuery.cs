using System.Data.Common;
using Dapper;
using Switch.Contracts.V1;
using Switch.Settlement.Days;
using Switch.Settlement.Records;

namespace Switch.Settlement.Statistics;

/// <summary>A value a day, from the first day with figures to the last that is closed or was asked for.</summary>
internal sealed record ForecastHistory(DateOnly From, DateOnly To, double[] Values);

/// <summary>A question for a forecast that was found valid; without a last day it is the last that is closed.</summary>
internal sealed record ForecastQuery(
    ForecastMeasure Measure, string Currency, string MerchantId, int Days, DateOnly? HistoryTo)
{
    public const int DaysMax = 62;
    public const int DaysDefault = 14;

    /// <summary>Days of history that are read; a whole number of weeks.</summary>
    public const int HistoryMax = 364;

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT, with every faulty field.</exception>
    public static ForecastQuery Of(GetForecastRequest request)
    {
        var faults = new QueryFaults();
        DateOnly? historyTo = null;
        if (!Enum.IsDefined(request.Measure)) faults.Add("measure", "is not known");
        PaymentSearch.CheckCurrency("currency", request.Currency, faults);
        if (request.MerchantId.Length > 15 || request.MerchantId.Any(char.IsControl))
            faults.Add("merchant_id", "must have at most 15 printable characters");
        if (request.Days is < 0 or > DaysMax) faults.Add("days", $"must be 1 to {DaysMax}, or 0 for {DaysDefault}");
        if (request.HistoryTo.Length > 0)
        {
            if (PaymentSearch.IsDate(request.HistoryTo, out var to) && to.Year >= 2000) historyTo = to;
            else faults.Add("history_to", "must be a date from 2000 on, YYYY-MM-DD");
        }

        faults.ThrowIfAny();
        return new ForecastQuery(
            request.Measure == ForecastMeasure.Unspecified ? ForecastMeasure.FeeIncome : request.Measure,
            request.Currency, request.MerchantId, request.Days == 0 ? DaysDefault : request.Days, historyTo);
    }

    public string Sql
    {
        get
        {
            // Income is read of closed windows, which hold it summed up: a year of them is some rows a merchant and
            // day, where the balances have dozens. A credit is negative in the books, and income to a person.
            var (table, day, value, which) = Measure switch
            {
                ForecastMeasure.NetIncome => ("settlement_window", "settle_date",
                    "-(fees_minor + interchange_minor + scheme_cost_minor)", ""),
                ForecastMeasure.Purchases => ("statistic_hour", "business_date", "approved_minor",
                    $" AND kind = {(int)TransactionKind.Purchase}"),
                ForecastMeasure.Answered => ("statistic_hour", "business_date", "requests", ""),
                _ => ("settlement_window", "settle_date", "-fees_minor", ""),
            };
            // The windows have no row of all merchants, as the statistics do.
            var merchant = MerchantId.Length > 0 || table == "statistic_hour" ? " AND merchant_id = @merchant" : "";
            return $"SELECT {day} AS Day, CAST(SUM({value}) AS BIGINT) AS Value FROM {table} "
                + $"WHERE {day} BETWEEN @from AND @to AND currency = @currency{which}{merchant} GROUP BY {day}";
        }
    }

    /// <summary>What there is to learn from: days that are closed, since of an open one a part is missing.</summary>
    /// <exception cref="Grpc.Core.RpcException">
    /// INVALID_ARGUMENT: the last day is not closed. FAILED_PRECONDITION: none is.
    /// </exception>
    public async Task<ForecastHistory> HistoryAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var closed = await connection.ExecuteScalarAsync<string?>(new CommandDefinition(
            "SELECT MAX(business_date) FROM closed_day", cancellationToken: cancellationToken));
        if (closed is null) throw QueryFaults.HistoryTooShort("no business date is closed yet");
        var to = HistoryTo ?? BusinessDay.Parse(closed);
        if (to > BusinessDay.Parse(closed))
        {
            var faults = new QueryFaults();
            faults.Add("history_to", $"must not be after {closed}, the last business date that is closed");
            faults.ThrowIfAny();
        }

        var parameters = new
        {
            from = BusinessDay.Text(to.AddDays(1 - HistoryMax)),
            to = BusinessDay.Text(to),
            currency = Currency,
            merchant = MerchantId.Length > 0 ? MerchantId : HourlyStatistics.AllMerchants,
        };
        var rows = await connection.QueryAsync<DayRow>(
            new CommandDefinition(Sql, parameters, cancellationToken: cancellationToken));
        // A closed day without figures had none: nothing was sold.
        var known = rows.ToDictionary(static row => BusinessDay.Parse(row.Day));
        if (known.Count == 0) return new ForecastHistory(to, to, []);
        var from = known.Keys.Min();
        var values = new double[to.DayNumber - from.DayNumber + 1];
        foreach (var (day, row) in known) values[day.DayNumber - from.DayNumber] = row.Value;
        return new ForecastHistory(from, to, values);
    }

    /// <exception cref="Grpc.Core.RpcException">FAILED_PRECONDITION: the history is too short to test on.</exception>
    public GetForecastResponse Tell(ForecastHistory known)
    {
        var history = known.Values;
        if (history.Length < SeasonalForecast.TestedHistoryMin)
        {
            throw QueryFaults.HistoryTooShort(
                $"{history.Length} days of history up to {BusinessDay.Text(known.To)}; a forecast with a back-test "
                + "needs "
                + $"{SeasonalForecast.TestedHistoryMin}");
        }

        var response = new GetForecastResponse
        {
            Measure = Measure,
            Currency = Currency,
            Method = SeasonalForecast.Method,
            HistoryFrom = BusinessDay.Text(known.From),
            HistoryTo = BusinessDay.Text(known.To),
            Backtest = Describe(SeasonalForecast.Backtest(history, Predict)),
            NaiveBacktest = Describe(SeasonalForecast.Backtest(history, SeasonalForecast.Naive)),
        };
        var values = Predict(history, Days);
        for (var i = 0; i < values.Length; i++)
        {
            response.Days.Add(new ForecastDay
            {
                Date = BusinessDay.Text(known.To.AddDays(i + 1)),
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

    private sealed class DayRow
    {
        public string Day { get; set; } = "";

        public long Value { get; set; }
    }
}
