using System.Globalization;
using Switch.Settlement.Days;
using Switch.Settlement.Reconciliation;
using Switch.Settlement.Tests.Books;
using Switch.Settlement.Tests.Days;
using Switch.Settlement.Tests.Store;
using Switch.Settlement.Tests.Terms;

namespace Switch.Settlement.Tests.Reconciliation;

/// <summary>Differences are planted in bank statements: all are found, and nothing else is.</summary>
public sealed class PlantedStatementTests : IDisposable
{
    private const int Tolerated = 5;
    private static readonly DateOnly First = new(2026, 3, 2);
    private static readonly string[] Acquirers = ["alpha", "beta"];
    private readonly string _folder = Directory.CreateTempSubdirectory("switch-planted-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Match_PlantedDifferences_AllAreFoundAndNothingElse()
    {
        var first = Random.Shared.Next();
        var fates = new HashSet<BankFate>();
        for (var seed = first; seed < first + 500; seed++)
        {
            var (payouts, receipts) = Expectation(new Random(seed));
            var statement = new RandomStatement(seed, payouts, receipts, First.AddDays(30), Tolerated);
            fates.UnionWith(statement.Fates);
            var tolerance = new Tolerance(Tolerated, 0);
            var matcher = new BankMatcher(
                new BankExpectation(payouts, [], new HashSet<string>(), receipts),
                SampleTerms.Read().Reconciliation.Receipts,
                new MatchTerms
                {
                    TimingDays = RandomStatement.TimingDays,
                    Tolerances = new Dictionary<string, Tolerance> { ["EUR"] = tolerance, ["USD"] = tolerance },
                });
            var found = matcher.Match(statement.Lines, statement.Known)
                .Select(static f => (f.Outcome, f.Line?.Reference ?? "", f.Subject)).ToList();
            // A payout that differs stays payable, and is not told of twice.
            var differing = found.Where(static f => f.Outcome is MatchOutcome.AmountDiffers
                or MatchOutcome.CurrencyDiffers).Select(static f => f.Subject).ToHashSet();
            found.RemoveAll(f => f.Outcome == MatchOutcome.MissingOnTheirs && differing.Contains(f.Subject));
            AssertSame(seed, statement.Expected, found);
        }

        Assert.Equal(Enum.GetValues<BankFate>(), fates.Order());
    }

    [Theory]
    [InlineData(TestStore.Sqlite, 8)]
    [InlineData(TestStore.PostgreSql, 4)]
    public void Bank_PlantedDifferencesInTwoStatements_AreWhatIsOpen(string kind, int seeds)
    {
        var first = Random.Shared.Next();
        for (var seed = first; seed < first + seeds; seed++) Run(kind, seed);
    }

    // The first statement has money of dates that are not closed yet; the second has the rest, and some of the first.
    private void Run(string kind, int seed)
    {
        using var books = new OpenBooks(kind);
        var random = new Random(seed);
        var dates = Enumerable.Range(0, 6).Select(static i => First.AddDays(i)).ToList();
        foreach (var date in dates) Sell(books, random, date);
        books.GoTo("2026-03-08");
        var closes = dates.ConvertAll(static date => BusinessDay.Text(date));
        var early = closes[..4].ConvertAll(books.Close);
        var last = First.AddDays(28);
        var receipts = Receipts(books);
        var paid = Payouts(early).ToList();
        var cut = First.AddDays(6);
        var statement = new RandomStatement(seed, paid, receipts, last, toleratedMinor: 0);
        var fresh = statement.Lines.Where((_, i) => !statement.Known[i]).ToLookup(line => line.BookingDate <= cut);
        var again = statement.Lines.Where((_, i) => statement.Known[i]).ToLookup(line => line.BookingDate <= cut);
        Import(books, "a.csv", fresh[true]);
        foreach (var date in closes[4..]) books.Close(date);
        books.GoTo(BusinessDay.Text(last));
        Import(books, "b.csv", fresh[false].Concat(again[true]));

        // What the later closes ordered, no statement shows.
        var expected = statement.Expected.Where(static e => e.Outcome >= MatchOutcome.MissingOnOurs).ToList();
        // What the second shows again is counted and no exception.
        foreach (var line in again[true].Concat(again[false]))
            expected.Remove((MatchOutcome.Duplicate, line.Reference, ""));
        expected.AddRange(books.Store.Rows<string>("SELECT id FROM payout WHERE status = 1")
            .Except(paid.Select(static p => p.Id)).Select(static id => (MatchOutcome.MissingOnTheirs, "", id)));
        var open = new ExceptionList(books.Store.Database, books.Day).Open();
        AssertSame(seed, expected, [.. open.Select(static e => (e.Outcome, e.Rrn, e.Subject))]);
        books.AssertBalanced();
    }

    [Theory]
    [InlineData(TestStore.Sqlite, 12)]
    [InlineData(TestStore.PostgreSql, 6)]
    public void Bank_PlantedDifferencesInThreeStatementsThatTheClosesLagBehind_AreWhatIsOpen(string kind, int seeds)
    {
        var first = Random.Shared.Next();
        for (var seed = first; seed < first + seeds; seed++) RunLagging(kind, seed);
    }

    // The first statement comes before any close, the second before the last dates are closed. What differs is booked
    // after its date was closed, else it may be taken for another.
    private void RunLagging(string kind, int seed)
    {
        using var books = new OpenBooks(kind);
        var random = new Random(seed);
        var dates = Enumerable.Range(0, 8).Select(static i => First.AddDays(i)).ToList();
        foreach (var date in dates) Sell(books, random, date);
        books.GoTo("2026-03-10");
        var last = First.AddDays(28);
        var statement = new RandomStatement(seed, [], Receipts(books), last, toleratedMinor: 0);
        var lines = statement.Lines.Where((_, i) => !statement.Known[i])
            .ToLookup(static l => l.BookingDate <= First.AddDays(6) ? 1 : l.BookingDate <= First.AddDays(7) ? 2 : 3);
        Import(books, "a.csv", lines[1]);
        foreach (var date in dates[..5]) books.Close(BusinessDay.Text(date));
        Import(books, "b.csv", lines[2]);
        foreach (var date in dates[5..]) books.Close(BusinessDay.Text(date));
        books.GoTo(BusinessDay.Text(last));
        Import(books, "c.csv", lines[3]);

        var expected = statement.Expected
            .Where(static e => e.Outcome is >= MatchOutcome.MissingOnOurs and not MatchOutcome.Duplicate).ToList();
        expected.AddRange(books.Store.Rows<string>("SELECT id FROM payout WHERE status = 1")
            .Select(static id => (MatchOutcome.MissingOnTheirs, "", id)));
        var open = new ExceptionList(books.Store.Database, books.Day).Open();
        AssertSame(seed, expected, [.. open.Select(static e => (e.Outcome, e.Rrn, e.Subject))]);
        books.AssertBalanced();
    }

    private static void AssertSame(
        int seed, List<(MatchOutcome, string, string)> planted, List<(MatchOutcome, string, string)> found) =>
        Assert.True(
            planted.Order().SequenceEqual(found.Order()),
            $"seed {seed}: missing {string.Join(", ", planted.Except(found))}; "
            + $"too many {string.Join(", ", found.Except(planted))}; {planted.Count} planted, {found.Count} found");

    // Sums that no other and no run of others makes.
    private static (List<ExpectedPayout> Payouts, List<ExpectedReceipt> Receipts) Expectation(Random random)
    {
        var payouts = Enumerable.Range(0, random.Next(12)).Select(i => new ExpectedPayout(
            $"P{i}", "M", random.Next(2) == 0 ? "EUR" : "USD", Amount(random), First.AddDays(random.Next(25)), ""));
        var receipts =
            from acquirer in Acquirers
            from currency in (string[])["EUR", "USD"]
            from date in Enumerable.Range(0, 23)
            where random.Next(3) > 0
            select new ExpectedReceipt(
                acquirer, currency, First.AddDays(date), Amount(random) * (random.Next(6) == 0 ? -1 : 1));
        return (payouts.ToList(), receipts.ToList());
    }

    private static long Amount(Random random) => random.NextInt64(1, 10_000_000_000) * 10_000;

    private static void Sell(OpenBooks books, Random random, DateOnly date)
    {
        foreach (var acquirer in Acquirers)
        {
            foreach (var merchant in (ReadOnlySpan<string>)["BAKERY-BERLIN", "MARKET-PARIS", "FUEL-LYON"])
            {
                var sale = books.Unique(Approvals.Purchase(
                    random.NextInt64(1_000_000, 1_000_000_000), merchant, date: BusinessDay.Text(date)));
                sale.Acquirer = acquirer;
                books.Send(sale);
            }
        }
    }

    private static IEnumerable<ExpectedPayout> Payouts(List<CloseResult> closes) => closes
        .SelectMany(static close => close.Payouts).Where(static p => p.Status == PayoutStatus.Ordered)
        .Select(static p => new ExpectedPayout(
            p.Id, p.MerchantId, p.Currency, p.AmountMinor, BusinessDay.Parse(p.ValueDate), ""));

    private static List<ExpectedReceipt> Receipts(OpenBooks books) =>
    [
        .. books.Store.Rows<Debt>(
            "SELECT acquirer AS Acquirer, currency AS Currency, settle_date AS Date, "
            + "CAST(SUM(amount_minor) AS BIGINT) AS Minor FROM balance WHERE account = 1100 "
            + "GROUP BY acquirer, currency, settle_date").Select(static row => new ExpectedReceipt(
                row.Acquirer, row.Currency, BusinessDay.Parse(row.Date), row.Minor)),
    ];

    private void Import(OpenBooks books, string name, IEnumerable<BankLine> lines)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllLines(path, lines.Select(static l => string.Create(
            CultureInfo.InvariantCulture,
            $"{l.BookingDate:yyyy-MM-dd},{l.Reference},{l.EndToEndId},{l.AmountMinor / 100m:F2},{l.Currency},{l.Text}"))
            .Prepend("Date,Reference,EndToEndId,Amount,Currency,Text"));
        var result = new BankReconciler(books.Store.Database, books.Terms, books.Day).Run(path);
        Assert.Empty(result.Faults);
    }

    private sealed class Debt
    {
        public string Acquirer { get; set; } = "";

        public string Currency { get; set; } = "";

        public string Date { get; set; } = "";

        public long Minor { get; set; }
    }
}
