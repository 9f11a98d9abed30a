using Switch.Contracts.V1;
using Switch.Settlement.Books;
using Switch.Settlement.Consuming;
using Switch.Settlement.Days;
using Switch.Settlement.Fees;
using Switch.Settlement.Store;
using Switch.Settlement.Tests.Consuming;
using Switch.Settlement.Tests.Store;

namespace Switch.Settlement.Tests.Days;

/// <summary>Weeks of random trade, late events, holds, adjustments and closes: what holds after each.</summary>
public sealed class DayPropertyTests
{
    private static readonly string[] Merchants = ["BAKERY-BERLIN", "HOTEL-WIEN", "WEBSHOP-EU", "NOBODY"];
    private static readonly string[] Currencies = ["EUR", "USD", "SEK"];

    public static TheoryData<string> Kinds => TestStore.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Closes_OverWeeksOfTrade_LoseNothingAndChangeNothingClosed(string kind)
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var books = new OpenBooks(kind) { Terminal = "T1" };
        var approvals = new List<TransactionEvent>();
        var holds = new List<long>();
        string? lastClosed = null;
        IReadOnlyList<string> closed = [];
        var first = new DateOnly(2026, 3, 2);
        for (var d = 0; d < 45; d++)
        {
            var date = first.AddDays(d);
            books.GoTo(BusinessDay.Text(date));
            Trade(random, books, date, approvals);
            Decide(random, books, holds, d);
            if (lastClosed is not null) Assert.Equal(closed, books.Closed(lastClosed));
            if (random.Next(4) == 0) continue;

            lastClosed = BusinessDay.Text(date);
            books.Close(lastClosed);
            closed = books.Closed(lastClosed);
            CheckSums(books, lastClosed);
        }

        CheckRebuild(books, lastClosed!);
    }

    // The same from Kafka: what is closed, what settlement posted itself, and every line.
    private static void CheckRebuild(OpenBooks books, string lastClosed)
    {
        using var topic = new TestTopic();
        foreach (var message in books.Sent) topic.Send(message.Partition, message.Key, message.Value);
        topic.Flush();
        var closed = books.Closed(lastClosed);
        var before = BooksDigest.Of(books.Store.Database);

        var report = new BooksRebuild(
            books.Store.Database, new Bookkeeper(new FeeSchedule(books.Terms)),
            TestConsumer.Options(topic, books.Store), books.Clock)
            .Run(force: false, static _ => { }, TestContext.Current.CancellationToken);

        Assert.Equal(books.Sent.Count, report.Messages);
        Assert.Equal((before, before), (report.Before, report.After));
        Assert.Equal(before, BooksDigest.Of(books.Store.Database));
        Assert.Equal(closed, books.Closed(lastClosed));
        books.AssertBalanced(); // no closed window would be made differently now
    }

    private static void Trade(Random random, OpenBooks books, DateOnly date, List<TransactionEvent> approvals)
    {
        for (var i = random.Next(8); i > 0; i--)
        {
            // Now and then an event comes days late.
            var own = random.Next(4) == 0 ? date.AddDays(-random.Next(5)) : date;
            var merchant = Merchants[random.Next(Merchants.Length)];
            var amount = random.NextInt64(1, 100_000);
            approvals.Add(random.Next(4) == 0
                ? books.Refund(amount, BusinessDay.Text(own), merchant)
                : books.Sell(amount, BusinessDay.Text(own), merchant, Currencies[random.Next(Currencies.Length)]));
        }

        for (var i = random.Next(3); i > 0 && approvals.Count > 0; i--)
        {
            var which = random.Next(approvals.Count);
            books.Reverse(approvals[which]);
            approvals.RemoveAt(which);
        }
    }

    private static void Decide(Random random, OpenBooks books, List<long> holds, int day)
    {
        var merchant = Merchants[random.Next(3)];
        if (random.Next(4) == 0)
            holds.Add(books.Holds.Place(merchant, "EUR", HoldKind.Chargeback, random.Next(5_000), "open", "ben").Id);
        if (random.Next(3) == 0 && holds.Count > 0)
        {
            books.Holds.Release(holds[0], "ben");
            holds.RemoveAt(0);
        }

        if (random.Next(3) > 0) return;
        Assert.Null(books.Adjustments.Enter(new Adjustment(
            $"case {day}", merchant, "beta", "EUR", -random.Next(1, 9_000), AdjustmentKind.Chargeback, "lost", "ben"))
            .Refusal);
    }

    private static void CheckSums(OpenBooks books, string date)
    {
        var parts = "sales_minor + refunds_minor + reversals_minor + fees_minor + vat_minor + reserve_held_minor "
            + "+ reserve_released_minor + adjustments_minor + chargebacks_minor";
        Assert.Equal(0, books.Store.Number($"SELECT COUNT(*) FROM settlement_window WHERE net_minor <> {parts}"));
        Assert.Equal(0, books.Store.Number(
            "SELECT COUNT(*) FROM payout WHERE brought_minor + net_minor <> amount_minor + carried_minor"));

        // What is payable is what the close carried on; what is payable to the bank is what was ordered.
        var payable = Sums(
            books,
            "SELECT merchant_id || ' ' || currency AS Name, -SUM(amount_minor) AS Sum FROM balance "
            + "WHERE account = 2100 AND settle_date <= @date GROUP BY merchant_id, currency "
            + "HAVING SUM(amount_minor) <> 0",
            date);
        var carried = Sums(
            books,
            "SELECT merchant_id || ' ' || currency AS Name, SUM(carried_minor) AS Sum FROM payout "
            + "WHERE close_date = @date AND carried_minor <> 0 GROUP BY merchant_id, currency", date);
        Assert.Equal(payable, carried);
        var ordered = Sums(
            books,
            "SELECT merchant_id || ' ' || currency AS Name, SUM(amount_minor) AS Sum FROM payout "
            + "WHERE amount_minor <> 0 AND close_date <= @date GROUP BY merchant_id, currency", date);
        var owed = Sums(
            books,
            "SELECT merchant_id || ' ' || currency AS Name, -SUM(amount_minor) AS Sum FROM balance "
            + "WHERE account = 2120 AND settle_date <= @date GROUP BY merchant_id, currency", date);
        Assert.Equal(ordered, owed);
        var held = Sums(
            books,
            "SELECT business_date || ' ' || merchant_id || ' ' || acquirer || ' ' || currency AS Name, "
            + "held_minor AS Sum FROM reserve_held WHERE @date <> ''", date);
        var reserve = Sums(
            books,
            "SELECT business_date || ' ' || merchant_id || ' ' || acquirer || ' ' || currency AS Name, "
            + "-SUM(amount_minor) AS Sum FROM balance WHERE account = 2110 AND settle_date <= @date "
            + "GROUP BY business_date, merchant_id, acquirer, currency HAVING SUM(amount_minor) <> 0", date);
        Assert.Equal(reserve, held.Where(sum => !sum.EndsWith(" 0", StringComparison.Ordinal)));
    }

    private static List<string> Sums(OpenBooks books, string sql, string date) =>
        [
            .. books.Store.Rows<NamedSum>(sql, new { date })
                .Select(row => $"{row.Name} {row.Sum}").Order(StringComparer.Ordinal),
        ];

    private sealed class NamedSum
    {
        public string Name { get; set; } = "";

        public long Sum { get; set; }
    }
}
