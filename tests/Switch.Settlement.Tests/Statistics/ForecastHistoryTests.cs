using System.Globalization;
using Grpc.Core;
using Switch.Contracts.V1;
using Switch.Settlement.Books;
using Switch.Settlement.Days;
using Switch.Settlement.Tests.Days;
using Switch.Settlement.Tests.Records;
using Switch.Settlement.Tests.Store;

namespace Switch.Settlement.Tests.Statistics;

/// <summary>A forecast learns from days that are over, and a day is over when it is closed.</summary>
public sealed class ForecastHistoryTests
{
    private static readonly DateOnly First = new(2026, 4, 1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task GetForecast_OpenDays_AreNoHistory(string kind)
    {
        using var store = TestStore.Create(kind);
        // Sixty days were sold, fifty are closed, and of the last there are half the payments so far.
        for (var day = 0; day < 60; day++) store.Sold(First.AddDays(day), day < 50 ? 1000 : 500);
        for (var day = 0; day < 50; day++) store.Closed(First.AddDays(day));
        await using var host = await QueryHost.StartAsync(store.Database);

        var forecast = await AskAsync(host, "");

        Assert.Equal(("2026-05-20", "2026-05-21"), (forecast.HistoryTo, forecast.Days[0].Date));
        Assert.All(forecast.Days, day => Assert.Equal(1000, day.Value));
    }

    [Theory]
    [InlineData("2026-05-21")]
    [InlineData("2026-06-30")]
    [InlineData("2026-07-01")]
    public async Task GetForecast_HistoryUpToAnOpenDay_IsRefused(string to)
    {
        using var store = TestStore.Create(TestStore.Sqlite);
        for (var day = 0; day < 50; day++)
        {
            store.Sold(First.AddDays(day), 1000);
            store.Closed(First.AddDays(day));
        }

        await using var host = await QueryHost.StartAsync(store.Database);

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await AskAsync(host, to));

        Assert.Equal(
            (StatusCode.InvalidArgument,
                "history_to: must not be after 2026-05-20, the last business date that is closed"),
            (refused.StatusCode, refused.Status.Detail));
        Assert.Equal("2026-05-19", (await AskAsync(host, "2026-05-19")).HistoryTo);
    }

    [Fact]
    public async Task GetForecast_NoDayClosed_IsTooShortAHistory()
    {
        using var store = TestStore.Create(TestStore.Sqlite);
        for (var day = 0; day < 50; day++) store.Sold(First.AddDays(day), 1000);
        await using var host = await QueryHost.StartAsync(store.Database);

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await AskAsync(host, ""));

        Assert.Equal(
            (StatusCode.FailedPrecondition, "no business date is closed yet"),
            (refused.StatusCode, refused.Status.Detail));
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task GetForecast_OfIncome_IsWhatTheBooksHave(string kind)
    {
        using var books = new OpenBooks(kind);
        var first = new DateOnly(2026, 3, 2);
        for (var day = 0; day < 42; day++)
        {
            var date = BusinessDay.Text(first.AddDays(day));
            books.GoTo(date);
            books.Sell(10_000, date);
            Assert.Null(books.TryClose(date).Refusal);
        }

        await using var host = await QueryHost.StartAsync(books.Store.Database);
        var income = books.Balance(Account.FeeIncome) / 42;
        var cost = (books.Balance(Account.Interchange) + books.Balance(Account.SchemeCost)) / 42;
        foreach (var (measure, value) in ((ForecastMeasure, long)[])
            [(ForecastMeasure.FeeIncome, -income), (ForecastMeasure.NetIncome, -income - cost)])
        {
            var forecast = await host.Statistics.GetForecastAsync(
                new GetForecastRequest { Currency = "EUR", Measure = measure, MerchantId = "BAKERY-BERLIN" },
                cancellationToken: Cancel);
            Assert.All(forecast.Days, day => Assert.Equal(value, day.Value));
            Assert.NotEqual(0, value);
        }
    }

    private static async Task<GetForecastResponse> AskAsync(QueryHost host, string to) =>
        await host.Statistics.GetForecastAsync(
            new GetForecastRequest { Currency = "EUR", Measure = ForecastMeasure.Purchases, HistoryTo = to },
            cancellationToken: Cancel);
}

/// <summary>Days of figures, as the consumer and a close leave them.</summary>
internal static class RecordedDays
{
    /// <summary>A day's turnover of one merchant and of all.</summary>
    public static void Sold(this TestStore store, DateOnly day, long minor)
    {
        foreach (var merchant in (string[])["", "M1"])
        {
            store.Execute(
                """
                INSERT INTO statistic_hour (business_date, hour_ms, merchant_id, acquirer, scheme, entry_mode, kind,
                  currency, outcome, declined_by, response_code, requests, requested_minor, approved_minor)
                VALUES (@date, 0, @merchant, 'north', 'visa', 3, 1, 'EUR', 1, 0, '00', 1, @minor, @minor)
                """,
                new { date = Text(day), merchant, minor });
        }
    }

    public static void Closed(this TestStore store, DateOnly day) => store.Execute(
        "INSERT INTO closed_day (business_date, closed_ms, closed_by) VALUES (@date, 1, 'anna')",
        new { date = Text(day) });

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
