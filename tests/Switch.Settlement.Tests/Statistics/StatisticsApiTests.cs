using System.Globalization;
using System.Net;
using System.Text.Json;
using Google.Rpc;
using Grpc.Core;
using Switch.Contracts.V1;
using Switch.Settlement.Statistics;
using Switch.Settlement.Store;
using Switch.Settlement.Tests.Records;
using Switch.Settlement.Tests.Store;

namespace Switch.Settlement.Tests.Statistics;

public sealed class StatisticsApiTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task GetStatistics_Ungrouped_HasTheRatesOfTheFormula(string kind)
    {
        using var store = TestStore.Create(kind);
        // 6 approved, 2 declined by the issuer, 1 by the switch, 3 technical.
        Count(store, 6, Approved());
        Count(store, 2, Declined(DeclinedBy.Issuer, "51"));
        Count(store, 1, Declined(DeclinedBy.Switch, "12"));
        Count(store, 2, Declined(DeclinedBy.TechnicalFailure, "68"));
        Count(store, 1, Declined(DeclinedBy.TechnicalFailure, "91", e => e.Type = TransactionEventType.NotSent));
        await using var host = await QueryHost.StartAsync(store.Database);

        var row = Assert.Single((await AskAsync(host, new())).Rows);

        Assert.Equal((12L, 6L, 2L, 1L, 3L), (row.Answered, row.Approved, row.DeclinedByIssuer, row.DeclinedBySwitch,
            row.TechnicalFailures));
        Assert.Equal(0.75, row.ApprovalRate, 12);
        Assert.Equal(0.75, row.TechnicalSuccessRate, 12);
        Assert.Equal(["51", "68", "12", "91"], row.DeclineReasons.Select(reason => reason.ResponseCode));
        Assert.Equal([2L, 2L, 1L, 1L], row.DeclineReasons.Select(reason => reason.Count));
        Assert.Equal(("EUR", 6 * 1290L, 0L, ""), (row.Currency, row.PurchasesMinor, row.OtherDeclines, row.MerchantId));
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task GetStatistics_Grouped_KeepsCurrenciesAndKindsApart(string kind)
    {
        using var store = TestStore.Create(kind);
        Count(store, 2, Approved(e => e.MerchantId = "A"));
        Count(store, 1, Approved(e => (e.MerchantId, e.Kind) = ("A", TransactionKind.Refund)));
        Count(store, 1, Approved(e => (e.MerchantId, e.Kind) = ("A", TransactionKind.PreAuthorization)));
        Count(store, 3, Approved(e => (e.MerchantId, e.ApprovedAmount.Currency, e.RequestedAmount.Currency) =
            ("B", "USD", "USD")));
        Count(store, 9, Approved(e => e.BusinessDate = "2026-06-02"));
        await using var host = await QueryHost.StartAsync(store.Database);

        var rows = (await AskAsync(host, new()
        {
            GroupBy = { StatisticDimension.Merchant, StatisticDimension.Hour },
        })).Rows;

        Assert.Equal([("EUR", "A", 4L), ("USD", "B", 3L)], rows.Select(row => (row.Currency, row.MerchantId,
            row.Answered)));
        Assert.Equal((2580L, 1290L, 1290L), (rows[0].PurchasesMinor, rows[0].RefundsMinor, rows[0].HoldsMinor));
        Assert.Equal(RecordedPayments.Accepted, rows[0].Hour.ToDateTimeOffset());
        Assert.Equal(1, rows[0].ApprovalRate);
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task GetStatistics_Filtered_CountsWhatMatchesOnly(string kind)
    {
        using var store = TestStore.Create(kind);
        Count(store, 1, Approved());
        Count(store, 2, Approved(e => e.Acquirer = "south"));
        Count(store, 4, Approved(e => e.Scheme = "amex"));
        Count(store, 8, Approved(e => e.EntryMode = EntryMode.Ecommerce));
        await using var host = await QueryHost.StartAsync(store.Database);

        Assert.Equal(2, (await AskAsync(host, new() { Acquirer = "south" })).Rows[0].Answered);
        Assert.Equal(4, (await AskAsync(host, new() { Scheme = "amex" })).Rows[0].Answered);
        Assert.Equal(8, (await AskAsync(host, new() { EntryMode = EntryMode.Ecommerce })).Rows[0].Answered);
        Assert.Empty((await AskAsync(host, new() { Kind = TransactionKind.Refund })).Rows);
        Assert.Equal(15, (await AskAsync(host, new() { MerchantId = "M1", Currency = "EUR" })).Rows[0].Answered);
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Write_RolledBack_CountsNothing(string kind)
    {
        using var store = TestStore.Create(kind);
        Count(store, 1, Approved());
        var statistics = new HourlyStatistics();
        statistics.Add(Approved());
        using (var transaction = store.Database.Begin(StoreLock.Shared))
        {
            using var writer = new StatisticWriter(transaction.Connection);
            writer.Write(statistics);
        }

        await using var host = await QueryHost.StartAsync(store.Database);
        Assert.Equal(1, (await AskAsync(host, new())).Rows[0].Answered);
    }

    [Fact]
    public async Task GetStatistics_OverJson_TakesEnumsAndLists()
    {
        using var store = TestStore.Create(TestStore.Sqlite);
        Count(store, 2, Approved());
        await using var host = await QueryHost.StartAsync(store.Database);

        using var json = JsonDocument.Parse(await host.Json.GetStringAsync(
            "/v1/statistics?fromDate=2026-06-01&toDate=2026-06-01&groupBy=STATISTIC_DIMENSION_SCHEME"
            + "&groupBy=STATISTIC_DIMENSION_DAY", Cancel));

        var row = json.RootElement.GetProperty("rows")[0];
        Assert.Equal(("visa", "2026-06-01", "2", 1.0), (row.GetProperty("scheme").GetString(),
            row.GetProperty("day").GetString(), row.GetProperty("answered").GetString(),
            row.GetProperty("approvalRate").GetDouble()));
    }

    [Fact]
    public async Task GetStatistics_FaultyFields_AreAllNamed()
    {
        using var store = TestStore.Create(TestStore.Sqlite);
        await using var host = await QueryHost.StartAsync(store.Database);

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await host.Statistics.GetStatisticsAsync(
            new GetStatisticsRequest
            {
                FromDate = "2026-06-31",
                ToDate = "1.6.2026",
                GroupBy = { StatisticDimension.Day, StatisticDimension.Day, StatisticDimension.Unspecified },
                Currency = "euro",
            },
            cancellationToken: Cancel));
        Assert.Equal(["group_by", "group_by", "from_date", "to_date", "currency"], FaultsOf(refused));

        refused = await Assert.ThrowsAsync<RpcException>(async () => await AskAsync(
            host, new() { ToDate = "2026-07-02", GroupBy = { StatisticDimension.Hour } }));
        Assert.Equal(["to_date"], FaultsOf(refused));
    }

    [Fact]
    public async Task GetStatistics_MoreRowsThanAnAnswerHolds_IsRefusedAndNotCutOff()
    {
        using var store = TestStore.Create(TestStore.Sqlite);
        var events = Enumerable.Range(0, StatisticFold.RowsMax + 1)
            .Select(i => Approved(e => e.MerchantId = i.ToString(CultureInfo.InvariantCulture))).ToList();
        Write(store, events);
        await using var host = await QueryHost.StartAsync(store.Database);

        var refused = await Assert.ThrowsAsync<RpcException>(
            async () => await AskAsync(host, new() { GroupBy = { StatisticDimension.Merchant } }));

        Assert.Equal((StatusCode.InvalidArgument, "RESULT_TOO_LARGE"),
            (refused.StatusCode, refused.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason));
        Assert.Equal(["group_by"], FaultsOf(refused));
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task GetForecast_OfFeeIncome_ReadsTheBooksAndSaysItsError(string kind)
    {
        using var store = TestStore.Create(kind);
        store.Closed(new DateOnly(2026, 6, 9));
        for (var day = 0; day < 70; day++) AddIncome(store, day, 1000 + (100 * (day % 7)));
        await using var host = await QueryHost.StartAsync(store.Database);

        var forecast = await host.Statistics.GetForecastAsync(
            new GetForecastRequest { Currency = "EUR", Days = 8, HistoryTo = "2026-06-09" }, cancellationToken: Cancel);
        var net = await host.Statistics.GetForecastAsync(
            new GetForecastRequest
            {
                Currency = "EUR",
                Days = 1,
                HistoryTo = "2026-06-09",
                Measure = ForecastMeasure.NetIncome,
            },
            cancellationToken: Cancel);

        Assert.Equal([1000L, 1100, 1200, 1300, 1400, 1500, 1600, 1000], forecast.Days.Select(day => day.Value));
        Assert.Equal("2026-06-10", forecast.Days[0].Date);
        Assert.Equal(("2026-04-01", "2026-06-09"), (forecast.HistoryFrom, forecast.HistoryTo));
        Assert.Equal((0.0, 28), (forecast.Backtest.Wape, forecast.Backtest.Origins));
        Assert.True(forecast.NaiveBacktest.Wape > 0.1);
        Assert.Contains("median", forecast.Method, StringComparison.Ordinal);
        Assert.Equal(600, net.Days[0].Value);
    }

    [Fact]
    public async Task GetForecast_TooLittleHistory_IsRefusedWithTheNumberOfDays()
    {
        using var store = TestStore.Create(TestStore.Sqlite);
        store.Closed(new DateOnly(2026, 5, 11));
        for (var day = 0; day < 41; day++) AddIncome(store, day, 1000);
        await using var host = await QueryHost.StartAsync(store.Database);

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await host.Statistics.GetForecastAsync(
            new GetForecastRequest { Currency = "EUR", HistoryTo = "2026-05-11" }, cancellationToken: Cancel));
        using var json = await host.Json.GetAsync("/v1/forecast?currency=EUR&historyTo=2026-05-11", Cancel);

        Assert.Equal((StatusCode.FailedPrecondition, "HISTORY_TOO_SHORT"),
            (refused.StatusCode, refused.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason));
        Assert.StartsWith("41 days of history up to 2026-05-11", refused.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, json.StatusCode);
    }

    [Fact]
    public async Task GetForecast_OfCounts_EndsAtTheLastCloseAndTakesNoCurrencyForGranted()
    {
        using var store = TestStore.Create(TestStore.Sqlite);
        var events = new List<TransactionEvent>();
        for (var day = 0; day < 60; day++)
        {
            var date = new DateOnly(2026, 5, 2).AddDays(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            for (var i = 0; i < 3; i++) events.Add(Approved(e => e.BusinessDate = date));
        }

        Write(store, events);
        store.Closed(new DateOnly(2026, 6, 30));
        await using var host = await QueryHost.StartAsync(store.Database);

        var forecast = await host.Statistics.GetForecastAsync(
            new GetForecastRequest { Currency = "EUR", Measure = ForecastMeasure.Answered }, cancellationToken: Cancel);
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await host.Statistics.GetForecastAsync(
            new GetForecastRequest { Days = 63 }, cancellationToken: Cancel));

        Assert.Equal(("2026-06-30", 14), (forecast.HistoryTo, forecast.Days.Count));
        Assert.All(forecast.Days, day => Assert.Equal(3, day.Value));
        Assert.Equal(["currency", "days"], FaultsOf(refused));
    }

    private static IEnumerable<string> FaultsOf(RpcException refused) =>
        refused.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Select(fault => fault.Field);

    private static async Task<GetStatisticsResponse> AskAsync(QueryHost host, GetStatisticsRequest request)
    {
        if (request.FromDate.Length == 0) request.FromDate = "2026-06-01";
        if (request.ToDate.Length == 0) request.ToDate = "2026-06-01";
        return await host.Statistics.GetStatisticsAsync(request, cancellationToken: Cancel);
    }

    private static TransactionEvent Approved(Action<TransactionEvent>? with = null) =>
        RecordedPayments.Authorized(1, with);

    private static TransactionEvent Declined(DeclinedBy by, string code, Action<TransactionEvent>? with = null) =>
        RecordedPayments.Authorized(1, e =>
        {
            (e.Outcome, e.DeclinedBy, e.ResponseCode, e.ApprovedAmount) = (Outcome.Declined, by, code, null);
            with?.Invoke(e);
        });

    // In two batches, so that rows are added to and not only made.
    private static void Count(TestStore store, int times, TransactionEvent e)
    {
        Write(store, [.. Enumerable.Repeat(e, times - (times / 2))]);
        Write(store, [.. Enumerable.Repeat(e, times / 2)]);
    }

    private static void Write(TestStore store, List<TransactionEvent> events)
    {
        var statistics = new HourlyStatistics();
        foreach (var e in events) statistics.Add(e);
        using var transaction = store.Database.Begin(StoreLock.Shared);
        using var writer = new StatisticWriter(transaction.Connection);
        writer.Write(statistics);
        transaction.Commit();
    }

    // Fee income and the 400 of interchange that go with it, in the closed window of the nth day from 2026-04-01.
    private static void AddIncome(TestStore store, int day, long minor)
    {
        var date = new DateOnly(2026, 4, 1).AddDays(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        store.Execute(
            """
            INSERT INTO settlement_window VALUES (@date, 'north', 'M1', 'EUR', @date, 1, 0, 0, 0, 0, 0, @fees, 0, 0, 0,
              0, 0, 0, 0, 0, 400, 0)
            """,
            new { date, fees = -minor });
    }
}
