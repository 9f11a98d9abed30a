using System.Data.Common;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Data.Sqlite;
using Switch.Contracts.V1;
using Switch.Settlement.Exports;
using Switch.Settlement.Files;
using Switch.Settlement.Records;
using Switch.Settlement.Statistics;
using Switch.Settlement.Tests.Store;
using Switch.Settlement.Webhooks;

namespace Switch.Settlement.Tests.Records;

/// <summary>
/// Every query of the records reads an index in its order: no table is scanned, and no rows are sorted.
/// </summary>
/// <remarks>On 20,000 payments, so that the planner of PostgreSQL has a choice.</remarks>
public sealed class QueryPlanTests(PlannedBooks books) : IClassFixture<PlannedBooks>
{
    private static readonly object Parameters = new
    {
        transactionId = "t",
        rrn = "r",
        terminalId = "T1",
        merchantId = "M1",
        lastFour = "1111",
        dayBefore = "2026-06-11",
        businessDate = "2026-06-12",
        dayAfter = "2026-06-13",
        amountMinor = 1290L,
        currency = "EUR",
        fromMs = 1L,
        beforeMs = 1L << 50,
        beforeId = 1L,
        limit = 51,
        paymentId = 7L,
    };

    public static TheoryData<string, string> Pages => new(
        from kind in (string[])[TestStore.Sqlite, TestStore.PostgreSql]
        from name in (string[])
        [
            nameof(PaymentQueries.ByTransaction), nameof(PaymentQueries.ByRrn), nameof(PaymentQueries.ByTerminal),
            nameof(PaymentQueries.ByMerchant),
        ]
        select (kind, name));

    [Theory]
    [MemberData(nameof(Pages))]
    public void Page_ItsPlan_ReadsOneIndexInOrder(string kind, string name)
    {
        var store = books.Of(kind);
        var sql = (string)typeof(PaymentQueries).GetProperty(name)!.GetValue(null)!;
        var plan = Plan(store, sql, Parameters);
        Assert.Matches("(SEARCH payment USING INDEX|Index Scan).*payment_", plan);
        AssertNothingRead(plan, sorts: false);
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public void Card_ItsPlan_ReadsSixRangesOfTwoIndexes(string kind)
    {
        var plan = Plan(books.Of(kind), PaymentQueries.ByCard, Parameters);
        Assert.Equal(3, Regex.Count(plan, @"payment_card\b"));
        Assert.Equal(3, Regex.Count(plan, @"payment_card_partial\b"));
        // At most six pages are put in order after they were found.
        AssertNothingRead(plan, sorts: true);
    }

    [Theory]
    [InlineData(TestStore.Sqlite, "M1", "settlement_window_merchant")]
    [InlineData(TestStore.Sqlite, "", "PRIMARY KEY (settle_date>? AND settle_date<?)")]
    [InlineData(TestStore.PostgreSql, "M1", "settlement_window_merchant")]
    [InlineData(TestStore.PostgreSql, "", "settlement_window_pkey")]
    public void Forecast_OfIncome_ReadsTheClosedWindowsOfItsDaysOnly(string kind, string merchant, string index)
    {
        var query = ForecastQuery.Of(new GetForecastRequest { Currency = "EUR", MerchantId = merchant });
        var plan = Plan(
            books.Of(kind), query.Sql, new { from = "2025-06-14", to = "2026-06-12", currency = "EUR", merchant });
        Assert.Contains(index, plan, StringComparison.Ordinal);
        AssertNothingRead(plan, sorts: true);
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public void Story_ItsPlans_ReadTheRowsOfThePaymentOnly(string kind)
    {
        var store = books.Of(kind);
        // A payment's few events are put in order after they were found.
        AssertNothingRead(Plan(store, PaymentQueries.Events, Parameters), sorts: true);
        var entries = Plan(store, PaymentQueries.Entries, Parameters);
        Assert.Contains("entry_payment", entries, StringComparison.Ordinal);
        AssertNothingRead(entries, sorts: true);
    }

    [Theory]
    [InlineData(TestStore.Sqlite, "M1", StatisticDimension.Hour, "statistic_hour_merchant")]
    [InlineData(TestStore.Sqlite, "", StatisticDimension.Hour, "statistic_hour_merchant")]
    [InlineData(TestStore.Sqlite, "", StatisticDimension.Merchant, "PRIMARY KEY (business_date>? AND business_date<?)")]
    [InlineData(TestStore.PostgreSql, "M1", StatisticDimension.Hour, "statistic_hour_merchant")]
    [InlineData(TestStore.PostgreSql, "", StatisticDimension.Hour, "statistic_hour_merchant")]
    [InlineData(TestStore.PostgreSql, "", StatisticDimension.Merchant, "statistic_hour_pkey")]
    public void Statistics_TheirPlan_ReadsTheDaysAskedForOnly(
        string kind, string merchant, StatisticDimension by, string index)
    {
        var store = books.Of(kind);
        var query = StatisticQuery.Of(new GetStatisticsRequest
        {
            FromDate = "2026-06-11",
            ToDate = "2026-06-13",
            MerchantId = merchant,
            GroupBy = { by, StatisticDimension.Acquirer },
        });
        var plan = Plan(store, query.Sql, query.Parameters);
        Assert.Contains(index, plan, StringComparison.Ordinal);
        AssertNothingRead(plan, sorts: true);
    }

    [Theory]
    [InlineData(TestStore.Sqlite, nameof(ExportQueries.PaymentPage), "payment_date")]
    [InlineData(TestStore.Sqlite, nameof(ExportQueries.EventPage), "payment_date")]
    [InlineData(TestStore.Sqlite, nameof(ExportQueries.PostingPage), "entry_date")]
    [InlineData(TestStore.PostgreSql, nameof(ExportQueries.PaymentPage), "payment_date")]
    [InlineData(TestStore.PostgreSql, nameof(ExportQueries.EventPage), "payment_date")]
    [InlineData(TestStore.PostgreSql, nameof(ExportQueries.PostingPage), "entry_date")]
    public void Export_ThePlanOfItsPages_ReadsOneDayOnly(string kind, string page, string index)
    {
        var store = books.Of(kind);
        var sql = (string)typeof(ExportQueries).GetProperty(page)!.GetValue(null)!;
        var plan = Plan(store, sql, new { day = "2026-06-12", after = 5L, limit = 20 });
        Assert.Contains(index, plan, StringComparison.Ordinal);
        AssertNothingRead(plan, sorts: true);
    }

    [Theory]
    [InlineData(TestStore.Sqlite, nameof(ClosedDaySql.MovementsOfMerchant), "2026-06-12")]
    [InlineData(TestStore.Sqlite, nameof(ClosedDaySql.MovementsOfMerchant), "2026-06-11", "2026-06-12")]
    [InlineData(TestStore.Sqlite, nameof(ClosedDaySql.FeesByRule), "2026-06-12")]
    [InlineData(TestStore.Sqlite, nameof(ClosedDaySql.FeesByRule), "2026-06-11", "2026-06-12")]
    [InlineData(TestStore.Sqlite, nameof(ClosedDaySql.Releases), "2026-06-12")]
    [InlineData(TestStore.Sqlite, nameof(ClosedDaySql.Releases), "2026-06-11", "2026-06-12")]
    [InlineData(TestStore.PostgreSql, nameof(ClosedDaySql.MovementsOfMerchant), "2026-06-12")]
    [InlineData(TestStore.PostgreSql, nameof(ClosedDaySql.FeesByRule), "2026-06-12")]
    [InlineData(TestStore.PostgreSql, nameof(ClosedDaySql.Releases), "2026-06-12")]
    public void Statement_ThePlansOfItsQueries_ReadTheEntriesOfTheMerchantOnly(
        string kind, string query, params string[] dates)
    {
        using var connection = books.Of(kind).Database.OpenConnection();
        var sql = (string)typeof(ClosedDaySql).GetField(query)!.GetValue(null)!;
        var plan = Plan(
            connection, FileQueries.Text(connection, sql),
            new { Dates = dates, MerchantId = "M1", Currency = "EUR" });
        Assert.Contains("entry_window", plan, StringComparison.Ordinal);
        Assert.Matches(@"\(settle_date=\? AND merchant_id=\? AND currency=\?\)|settle_date = ANY", plan);
        Assert.DoesNotMatch(@"settle_date ?[<>]", plan);
        AssertNothingRead(plan, sorts: true);
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public void Close_ThePlanOfItsNextDate_SeeksOneEntry(string kind)
    {
        var plan = Plan(books.Of(kind), ClosedDaySql.NextDate, new { After = "2026-06-10", To = "2026-06-12" });
        Assert.Matches(@"SEARCH entry USING COVERING INDEX|Limit[\s\S]*Index Only Scan", plan);
        AssertNothingRead(plan, sorts: false);
    }

    [Theory]
    [InlineData(TestStore.Sqlite, "payment_rrn", "SCAN payment")]
    [InlineData(TestStore.PostgreSql, "payment_rrn", "Seq Scan on payment")]
    public void Page_WithoutItsIndex_IsSeenByTheseTests(string kind, string index, string expected)
    {
        using var connection = books.Of(kind).Database.OpenConnection();
        // Both stores give an index back that was dropped in a transaction.
        using var transaction = connection.BeginTransaction();
        connection.Execute($"DROP INDEX {index}", transaction: transaction);
        var plan = Plan(connection, PaymentQueries.ByRrn, Parameters);
        Assert.Contains(expected, plan, StringComparison.Ordinal);
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => AssertNothingRead(plan, sorts: false));
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public void Replay_ItsPlan_ReadsThePaymentsOfTheMerchantAndTheTimeOnly(string kind)
    {
        const string WholeTable = @"SCAN [pe]\b|Seq Scan on (payment|event)\b";
        var range = new { id = "ep", story = 1L, from = 1000L, to = 2000L };
        using var connection = books.Of(kind).Database.OpenConnection();
        var plan = Plan(connection, WebhookReplay.Events, range);
        Assert.Matches(@"payment_merchant[\s\S]*accepted_ms", plan);
        Assert.Contains("event_once", plan, StringComparison.Ordinal);
        Assert.DoesNotMatch(WholeTable, plan);
        AssertNothingRead(plan, sorts: false);

        // Without its index it would be seen here.
        using var transaction = connection.BeginTransaction();
        connection.Execute("DROP INDEX payment_merchant", transaction: transaction);
        Assert.Matches(WholeTable, Plan(connection, WebhookReplay.Events, range));
    }

    private static void AssertNothingRead(string plan, bool sorts)
    {
        const string Tables = @"(payment|event|entry|posting|statistic_hour|settlement_window)\b";
        Assert.DoesNotMatch($"SCAN {Tables}", plan);
        Assert.DoesNotMatch($"Seq Scan on {Tables}", plan);
        // An index that is hopped through because its first column was not asked for.
        Assert.DoesNotContain("ANY(", plan, StringComparison.Ordinal);
        if (sorts) return;
        Assert.DoesNotContain("TEMP B-TREE", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Sort", plan, StringComparison.Ordinal);
    }

    private static string Plan(TestStore store, string sql, object parameters)
    {
        using var connection = store.Database.OpenConnection();
        return Plan(connection, sql, parameters);
    }

    private static string Plan(DbConnection connection, string sql, object parameters) =>
        connection is SqliteConnection
            ? string.Join('\n', connection.Query("EXPLAIN QUERY PLAN " + sql, parameters)
                .Select(row => (string)row.detail))
            : string.Join('\n', connection.Query<string>("EXPLAIN " + sql, parameters));
}
