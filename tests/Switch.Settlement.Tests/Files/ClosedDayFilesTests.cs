using System.Xml.Linq;
using CsvHelper;
using Switch.Settlement.Days;
using Switch.Settlement.Files;
using Switch.Settlement.Terms;
using Switch.Settlement.Tests.Days;
using Switch.Settlement.Tests.Store;
using Switch.Settlement.Tests.Terms;

namespace Switch.Settlement.Tests.Files;

/// <summary>The files of a close, out of books in a real store.</summary>
public sealed class ClosedDayFilesTests : IDisposable
{
    private static readonly DateOnly Second = new(2026, 3, 3);
    private readonly string _folder = Directory.CreateTempSubdirectory("switch-closed-").FullName;

    public static TheoryData<string> Kinds => TestStore.Kinds;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void WriteAll_OfAClose_AgreesWithTheBooks(string kind)
    {
        using var books = new OpenBooks(kind);
        var payouts = Trade(books);

        var result = new ClosedDayFiles(books.Store.Database, books.Terms).WriteAll(Second, _folder);

        Assert.Empty(result.Faults);
        string[] expected = ["clearing-alpha.csv", "summary.csv", "payouts.xml", "journal.csv", "journal-totals.csv"];
        Assert.Equal(expected, result.Files.Select(f => Path.GetFileName(f.Path)).Take(5));
        Assert.Equal(4, result.Files.Count(f => f.Path.Contains("statements", StringComparison.Ordinal)));
        CheckPayouts(payouts);
        CheckJournal();
        CheckStatement(payouts);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void WriteAll_AgainAfterLaterTrade_GivesTheSameBytes(string kind)
    {
        using var books = new OpenBooks(kind);
        Trade(books);
        var files = new ClosedDayFiles(books.Store.Database, books.Terms);
        var first = files.WriteAll(Second, Path.Combine(_folder, "1"));

        books.GoTo("2026-03-04");
        books.Sell(77_700, "2026-03-03");
        books.Refund(1_000, "2026-03-04");
        books.Close("2026-03-04");
        books.Store.Reopen();
        var again = new ClosedDayFiles(books.Store.Database, books.Terms).WriteAll(Second, Path.Combine(_folder, "2"));

        Assert.Equal(first.Files.Select(f => f.Sha256), again.Files.Select(f => f.Sha256));
        foreach (var (one, two) in first.Files.Zip(again.Files))
            Assert.Equal(File.ReadAllBytes(one.Path), File.ReadAllBytes(two.Path));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void WriteAll_AgainByOtherTerms_NamesThePartiesOfTheClose(string kind)
    {
        using var books = new OpenBooks(kind);
        Trade(books);
        var first = new ClosedDayFiles(books.Store.Database, books.Terms).WriteAll(Second, Path.Combine(_folder, "1"));

        var again = new ClosedDayFiles(books.Store.Database, Moved())
            .WriteAll(Second, Path.Combine(_folder, "2"));

        Assert.Equal(first.Files.Select(f => f.Sha256), again.Files.Select(f => f.Sha256));
        var payouts = File.ReadAllText(Path.Combine(_folder, "2", "2026-03-03", "payouts.xml"));
        Assert.Contains($"<Nm>{books.Terms.Operator.Name}</Nm>", payouts, StringComparison.Ordinal);
        Assert.Contains($"<TwnNm>{books.Terms.Operator.Town}</TwnNm>", payouts, StringComparison.Ordinal);
        Assert.Contains(books.Terms.Operator.Iban, payouts, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void WriteAll_OfACloseThatKeptNoParties_TakesThoseOfTheTerms(string kind)
    {
        using var books = new OpenBooks(kind);
        Trade(books);
        new ClosedDayFiles(books.Store.Database, books.Terms).WriteAll(Second, Path.Combine(_folder, "kept"));
        Forget(books);
        new ClosedDayFiles(books.Store.Database, books.Terms).WriteAll(Second, Path.Combine(_folder, "terms"));
        Assert.Equal(Payouts("kept"), Payouts("terms"));
        Assert.Contains("<TwnNm>Berlin</TwnNm>", Payouts("terms"), StringComparison.Ordinal);

        var result = new ClosedDayFiles(books.Store.Database, Moved()).WriteAll(Second, _folder);

        Assert.Empty(result.Faults);
        var statement = File.ReadAllText(Path.Combine(
            _folder, "2026-03-03", "statements", "statement-BAKERY-BERLIN-2026-03-03-EUR.html"));
        Assert.Contains("Moved Payments", statement, StringComparison.Ordinal);
        Assert.Contains("2 New Street", statement, StringComparison.Ordinal);
        Assert.Contains("<TwnNm>Potsdam</TwnNm>", Payouts(""), StringComparison.Ordinal);
    }

    [Fact]
    public void WriteAll_AfterAKill_TakesAwayWhatIsOldInEveryFolder()
    {
        using var books = new OpenBooks(TestStore.Sqlite);
        Trade(books);
        var day = Path.Combine(_folder, "2026-03-03");
        string[] old =
        [
            Left(day, $".summary.csv.{new string('a', 32)}.tmp"),
            Left(Path.Combine(day, "statements"), $".statement-GONE-2026-03-03-EUR.csv.{new string('b', 32)}.tmp"),
        ];

        new ClosedDayFiles(books.Store.Database, books.Terms).WriteAll(Second, _folder);

        Assert.All(old, path => Assert.False(File.Exists(path), path));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void WriteStatements_UnknownDateOrMerchant_SaysSoAndWritesNothing(string kind)
    {
        using var books = new OpenBooks(kind);
        Trade(books);
        var files = new ClosedDayFiles(books.Store.Database, books.Terms);

        Assert.Contains("is not closed", Assert.Single(
            files.WriteStatements("BAKERY-BERLIN", Second.AddDays(1), _folder).Faults), StringComparison.Ordinal);
        Assert.Contains("nothing of merchant", Assert.Single(
            files.WriteStatements("NOBODY", Second, _folder).Faults), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void WriteStatements_MerchantNamedLikeAPath_StaysInItsFolder(string kind)
    {
        using var books = new OpenBooks(kind);
        books.Sell(5_000, "2026-03-02", merchant: "../../x");
        books.Close("2026-03-02");

        var result = new ClosedDayFiles(books.Store.Database, books.Terms)
            .WriteStatements("../../x", new DateOnly(2026, 3, 2), Path.Combine(_folder, "in"));

        Assert.Equal(2, result.Files.Count);
        Assert.All(result.Files, f => Assert.Equal(Path.Combine(_folder, "in"), Path.GetDirectoryName(f.Path)));
    }

    // A close of a version that kept no parties: what is new is as the migration made it.
    private static void Forget(OpenBooks books)
    {
        foreach (var column in (ReadOnlySpan<string>)["name", "details", "town", "country", "iban", "bic"])
            books.Store.Execute($"UPDATE closed_day SET operator_{column} = ''");
        books.Store.Execute("UPDATE payout SET creditor_details = '', creditor_town = ''");
    }

    private static string Left(string folder, string name)
    {
        var path = Path.Combine(Directory.CreateDirectory(folder).FullName, name);
        File.WriteAllText(path, "half a li");
        File.SetLastWriteTimeUtc(path, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        return path;
    }

    private string Payouts(string folder) =>
        File.ReadAllText(Path.Combine(_folder, folder, "2026-03-03", "payouts.xml"));

    // The same contracts after operator and merchant have moved.
    private static SettlementTerms Moved() => SampleTerms.Read(SampleTerms.Text
        .Replace("name: Switch Payments GmbH", "name: Moved Payments", StringComparison.Ordinal)
        .Replace("[Taunusanlage 8, 60329 Frankfurt am Main]", "[1 New Street]", StringComparison.Ordinal)
        .Replace("town: Frankfurt am Main", "town: Wien", StringComparison.Ordinal)
        .Replace("DE89 3704 0044 0532 0130 00", "AT61 1904 3002 3457 3201", StringComparison.Ordinal)
        .Replace("COBADEFFXXX", "BKAUATWW", StringComparison.Ordinal)
        .Replace("vat_id: DE123456789", "vat_id: ATU1", StringComparison.Ordinal)
        .Replace("name: Baeckerei Sonnenschein", "name: Moved Bakery", StringComparison.Ordinal)
        .Replace("[Kastanienallee 12, 10435 Berlin]", "[2 New Street]", StringComparison.Ordinal)
        .Replace("town: Berlin", "town: Potsdam", StringComparison.Ordinal)
        .Replace("id: DE123456788", "id: DE1", StringComparison.Ordinal));

    private static IReadOnlyList<Payout> Trade(OpenBooks books)
    {
        books.Sell(12_345, "2026-03-02");
        books.Close("2026-03-02");
        books.GoTo("2026-03-03");
        books.Sell(10_000, "2026-03-03");
        books.Refund(2_000, "2026-03-03");
        books.Reverse(books.Sell(5_000, "2026-03-03"));
        // Too late for its own date: it is of the second close.
        books.Sell(4_000, "2026-03-02");
        books.Sell(30_000, "2026-03-03", merchant: "WEBSHOP-EU");
        books.Adjustments.Enter(new Adjustment(
            "CASE-1", "BAKERY-BERLIN", "alpha", "EUR", -700, AdjustmentKind.Chargeback, "card lost", "anna"));
        return books.Close("2026-03-03").Payouts;
    }

    private void CheckPayouts(IReadOnlyList<Payout> payouts)
    {
        var path = Path.Combine(_folder, "2026-03-03", "payouts.xml");
        Assert.Empty(Pain001Tests.SchemaFaults(File.ReadAllBytes(path)));
        XNamespace pain = Pain001.Namespace;
        var paid = XDocument.Load(path).Descendants(pain + "CdtTrfTxInf").Select(t => (
            t.Descendants(pain + "EndToEndId").Single().Value,
            (long)((decimal)t.Descendants(pain + "InstdAmt").Single() * 100)));
        Assert.Equal(
            payouts.Where(p => p.AmountMinor > 0).Select(p => (p.Id, p.AmountMinor)).Order(), paid.Order());
    }

    private void CheckJournal()
    {
        var sums = new List<Dictionary<string, decimal>>();
        foreach (var name in (ReadOnlySpan<string>)["journal.csv", "journal-totals.csv"])
        {
            using var csv = CsvReader.Create(File.ReadAllBytes(Path.Combine(_folder, "2026-03-03", name)));
            var accounts = new Dictionary<string, decimal>();
            while (csv.Read())
            {
                var account = csv.GetString("account");
                accounts[account] = accounts.GetValueOrDefault(account)
                    + (csv["debit"].IsEmpty ? 0 : csv["debit"].Parse<decimal>())
                    - (csv["credit"].IsEmpty ? 0 : csv["credit"].Parse<decimal>());
            }

            Assert.Equal(0, accounts.Values.Sum());
            sums.Add(accounts.Where(a => a.Value != 0).ToDictionary());
        }

        Assert.Equal(sums[0].OrderBy(a => a.Key), sums[1].OrderBy(a => a.Key));
    }

    private void CheckStatement(IReadOnlyList<Payout> payouts)
    {
        var payout = payouts.Single(p => p.MerchantId == "BAKERY-BERLIN");
        var path = Path.Combine(_folder, "2026-03-03", "statements", "statement-BAKERY-BERLIN-2026-03-03-EUR.csv");
        using var csv = CsvReader.Create(File.ReadAllBytes(path));
        var figures = new Dictionary<string, decimal>();
        var transactions = 0;
        var fees = 0m;
        while (csv.Read())
        {
            if (csv.GetString("record") == "transaction") transactions++;
            if (csv.GetString("record") == "fee") fees += csv["amount"].Parse<decimal>();
            figures[csv.GetString("record")] = csv["amount"].Parse<decimal>();
        }

        Assert.Equal(5, transactions);
        Assert.Equal(120m, figures["gross_total"]);
        Assert.Equal(figures["fee_total"], fees);
        Assert.Equal(-7m, figures["adjustment"]);
        Assert.Equal(-payout.AmountMinor / 100m, figures["payout"]);
        Assert.Equal(payout.CarriedMinor / 100m, figures["closing"]);
    }
}
