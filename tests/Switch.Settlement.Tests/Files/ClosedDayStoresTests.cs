using System.Globalization;
using Switch.Contracts.V1;
using Switch.Settlement.Days;
using Switch.Settlement.Files;
using Switch.Settlement.Tests.Books;
using Switch.Settlement.Tests.Days;
using Switch.Settlement.Tests.Store;

namespace Switch.Settlement.Tests.Files;

/// <summary>
/// The same trade makes the same files of both stores, whatever language PostgreSQL sorts by: the tests' server has
/// been given one where it knows any.
/// </summary>
public sealed class ClosedDayStoresTests : IDisposable
{
    // By bytes AA, B, Z, a-b, aB, aa, ab, b_c; by a language a before B, and ab beside aB.
    private static readonly string[] Ids = ["ab", "Z", "a-b", "B", "aa", "AA", "b_c", "aB"];

    private readonly string _folder = Directory.CreateTempSubdirectory("switch-both-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void WriteAll_OfBothStores_GivesTheSameBytes()
    {
        var files = Write(TestStore.Sqlite);
        var others = Write(TestStore.PostgreSql);

        Assert.Equal(files.Select(f => Path.GetFileName(f.Path)), others.Select(f => Path.GetFileName(f.Path)));
        foreach (var (file, other) in files.Zip(others))
            Assert.Equal(File.ReadAllText(file.Path), File.ReadAllText(other.Path));
    }

    private List<WrittenFile> Write(string kind)
    {
        using var books = new OpenBooks(kind);
        foreach (var id in Ids)
        {
            books.Send(Purchase(books, "BAKERY-BERLIN", id), Purchase(books, id, "alpha"));
            books.Send(Purchase(books, "HOTEL-WIEN", id), Purchase(books, "HOTEL-WIEN", id, "debit"));
            Assert.Null(books.Adjustments.Enter(new Adjustment(
                $"case {id}", "BAKERY-BERLIN", "alpha", "EUR", -1, AdjustmentKind.Correction, "by hand", "anna"))
                .Refusal);
        }

        books.Sell(90_000, "2026-03-02", currency: "CHF");
        books.Sell(90_000, "2026-03-02", currency: "CZK");
        books.Close("2026-03-02");
        // The reserves of all acquirers are given back, by the same reference.
        books.Close("2026-04-01");
        var files = new ClosedDayFiles(books.Store.Database, books.Terms);
        return
        [
            .. new[] { "2026-03-02", "2026-04-01" }.SelectMany(date => files.WriteAll(
                DateOnly.Parse(date, CultureInfo.InvariantCulture), Path.Combine(_folder, kind)).Files),
        ];
    }

    private static TransactionEvent Purchase(
        OpenBooks books, string merchant, string acquirer, string funding = "credit")
    {
        var e = books.Unique(Approvals.Purchase(10_000, merchant));
        (e.Acquirer, e.Funding) = (acquirer, funding);
        return e;
    }
}
