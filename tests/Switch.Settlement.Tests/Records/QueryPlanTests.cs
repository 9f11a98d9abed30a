using Dapper;
using Switch.Contracts.V1;
using Switch.Settlement.Exports;
using Switch.Settlement.Records;
using Switch.Settlement.Statistics;
using Switch.Settlement.Tests.Store;

namespace Switch.Settlement.Tests.Records;

/// <summary>
/// Every query of the records reads an index in its order: no table is scanned, and no rows are sorted.
/// </summary>
public sealed class QueryPlanTests
{
    private static readonly object Parameters = new
    {
        transactionId = "t",
        rrn = "r",
        terminalId = "T1",
        merchantId = "M1",
        lastFour = "1111",
        businessDate = "2026-06-01",
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
            nameof(PaymentQueries.ByMerchant), nameof(PaymentQueries.ByCard),
        ]
        select (kind, name));

    [Theory]
    [MemberData(nameof(Pages))]
    public void Page_ItsPlan_ReadsOneIndexInOrder(string kind, string name)
    {
        using var store = TestStore.Create(kind);
        var sql = (string)typeof(PaymentQueries).GetProperty(name)!.GetValue(null)!;
        var plan = Plan(store, sql, Parameters);
        Assert.Matches("(SEARCH payment USING INDEX|Index Scan).*payment_", plan);
        AssertNothingRead(plan, sorts: false);
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public void Story_ItsPlans_ReadTheRowsOfThePaymentOnly(string kind)
    {
        using var store = TestStore.Create(kind);
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
        using var store = TestStore.Create(kind);
        var query = StatisticQuery.Of(new GetStatisticsRequest
        {
            FromDate = "2026-06-01",
            ToDate = "2026-06-03",
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
        using var store = TestStore.Create(kind);
        var sql = (string)typeof(ExportQueries).GetProperty(page)!.GetValue(null)!;
        var plan = Plan(store, sql, new { day = "2026-06-01", after = 5L, limit = 100 });
        Assert.Contains(index, plan, StringComparison.Ordinal);
        AssertNothingRead(plan, sorts: true);
    }

    [Fact]
    public void Page_WithoutItsIndex_IsSeenByTheseTests()
    {
        using var store = TestStore.Create(TestStore.Sqlite);
        store.Execute("DROP INDEX payment_rrn");
        Assert.Contains("SCAN payment", Plan(store, PaymentQueries.ByRrn, Parameters), StringComparison.Ordinal);
    }

    private static void AssertNothingRead(string plan, bool sorts)
    {
        Assert.DoesNotMatch(@"SCAN (payment|event|entry|posting|statistic_hour)\b", plan);
        Assert.DoesNotContain("Seq Scan", plan, StringComparison.Ordinal);
        if (sorts) return;
        Assert.DoesNotContain("TEMP B-TREE", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Sort", plan, StringComparison.Ordinal);
    }

    private static string Plan(TestStore store, string sql, object parameters)
    {
        using var connection = store.Database.OpenConnection();
        if (store.Database.Dialect == Switch.Settlement.Store.StoreDialect.Sqlite)
        {
            return string.Join('\n', connection.Query("EXPLAIN QUERY PLAN " + sql, parameters)
                .Select(row => (string)row.detail));
        }

        // The tables are empty: the planner has to be kept from reading what costs nothing yet.
        connection.Execute("SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off");
        return string.Join('\n', connection.Query<string>("EXPLAIN " + sql, parameters));
    }
}
