using Switch.Contracts.V1;
using Switch.Settlement.Reconciliation;
using Switch.Settlement.Tests.Books;
using Switch.Settlement.Tests.Days;
using Switch.Settlement.Tests.Store;
using Switch.Simulator;

namespace Switch.Settlement.Tests.Reconciliation;

/// <summary>Files against books in a real store.</summary>
public sealed class ReconcilerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("switch-recon-").FullName;

    public static TheoryData<string> Kinds => TestStore.Kinds;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Acquirer_PlantedDifferences_AreTheExceptions(string kind)
    {
        using var books = new OpenBooks(kind);
        var ledger = new RandomLedger(42, 120);
        Feed(books, ledger);
        var (path, planted) = Write(ledger, new AcquirerFilePlan(42, 25, 2));

        var result = Reconciler(books).Run(path, "alpha");

        Assert.Empty(result.Faults);
        var open = planted.Where(p => p.Kind != PlantedKind.ShiftedDate).ToList();
        Assert.Equal(open.Count, result.Opened);
        var exceptions = new ExceptionList(books.Store.Database, books.Day);
        Assert.Equal(open.Select(p => p.Rrn).Order(), exceptions.Open().Select(e => e.Rrn).Order());
        Assert.Equal(planted.Count - open.Count, result.Counts.GetValueOrDefault(MatchOutcome.Timing));
        Assert.Equal(open.Count, exceptions.Ages().Open);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Acquirer_TheSameFileAgain_IsRefusedAndChangesNothing(string kind)
    {
        using var books = new OpenBooks(kind);
        var ledger = new RandomLedger(3, 10);
        Feed(books, ledger);
        var (path, _) = Write(ledger, new AcquirerFilePlan(3, 4, 2));
        Reconciler(books).Run(path, "alpha");
        var before = Rows(books);
        var copy = Path.Combine(_folder, "other-name.csv");
        File.Copy(path, copy);

        var again = Reconciler(books).Run(copy, "alpha");

        Assert.Contains("imported already, as alpha.csv", Assert.Single(again.Faults), StringComparison.Ordinal);
        Assert.Equal(before, Rows(books));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Acquirer_BrokenFile_ImportsNothing(string kind)
    {
        using var books = new OpenBooks(kind);
        var ledger = new RandomLedger(3, 10);
        Feed(books, ledger);
        var (path, _) = Write(ledger, AcquirerFilePlan.Honest);
        File.WriteAllText(path, File.ReadAllText(path).Replace("BAKERY", "BAKERX", StringComparison.Ordinal));

        Assert.NotEmpty(Reconciler(books).Run(path, "alpha").Faults);
        Assert.NotEmpty(Reconciler(books).Run(path, "nobody").Faults);

        Assert.Equal((0, 0, 0), Rows(books));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Acquirer_LineComesInTheNextFile_SettlesTheException(string kind)
    {
        using var books = new OpenBooks(kind);
        var ledger = new RandomLedger(5, 30);
        Feed(books, ledger);
        var held = ledger.Entries.FindLast(e => e is { IsApproval: true, ReversedBy: null })!;
        var (first, _) = Write(ledger.Entries.Where(e => e != held), RandomLedger.Day, "first.csv");
        Assert.Equal(1, Reconciler(books).Run(first, "alpha").Opened);
        var (next, _) = Write([held], RandomLedger.Day.AddDays(1), "next.csv");

        books.GoTo("2026-03-03");
        var result = Reconciler(books).Run(next, "alpha");

        Assert.Equal((0L, 1L), (result.Opened, result.Settled));
        Assert.Equal(1, result.Counts[MatchOutcome.Timing]);
        Assert.Empty(new ExceptionList(books.Store.Database, books.Day).Open());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Acquirer_EventComesAfterTheFile_IsExplainedWithTheNext(string kind)
    {
        using var books = new OpenBooks(kind);
        var ledger = new RandomLedger(5, 30);
        var late = ledger.Entries.FindLast(e => e is { IsApproval: true, ReversedBy: null })!;
        Feed(books, ledger, e => e.Rrn != late.Rrn);
        var (first, _) = Write(ledger, AcquirerFilePlan.Honest);
        Assert.Equal(1, Reconciler(books).Run(first, "alpha").Counts[MatchOutcome.MissingOnOurs]);

        Feed(books, ledger, e => e.Rrn == late.Rrn);
        books.GoTo("2026-03-03");
        var (next, _) = Write([], RandomLedger.Day.AddDays(1), "next.csv");
        var result = Reconciler(books).Run(next, "alpha");

        Assert.Equal((0L, 1L), (result.Opened, result.Settled));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Acquirer_AskedDateThatCannotBe_KeepsNothingAndTheRightOneIsImported(string kind)
    {
        using var books = new OpenBooks(kind);
        var path = Path.Combine(_folder, "gamma.csv");
        File.WriteAllText(
            path, "Datum;Referenz;Karte;Betrag;Waehrung\n02.03.2026;500000000001;4242;1,00;EUR\n");
        foreach (var wrong in (ReadOnlySpan<string>)["2026-11-02", "2026-02-02"])
        {
            var refused = Reconciler(books).Run(path, "gamma", DateOnly.Parse(wrong, null));
            Assert.Contains(wrong, Assert.Single(refused.Faults), StringComparison.Ordinal);
            Assert.Equal((0, 0, 0), Rows(books));
        }

        Assert.Empty(Reconciler(books).Run(path, "gamma", RandomLedger.Day).Faults);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Acquirer_EqualFilesWithoutLines_AreImportedOnceADate(string kind)
    {
        using var books = new OpenBooks(kind);
        var (none, one) = (Path.Combine(_folder, "none.csv"), Path.Combine(_folder, "one.csv"));
        File.WriteAllText(none, "Datum;Referenz;Karte;Betrag;Waehrung\n");
        File.WriteAllText(one, "Datum;Referenz;Karte;Betrag;Waehrung\n02.03.2026;500000000001;4242;1,00;EUR\n");
        var next = RandomLedger.Day.AddDays(1);

        Assert.Empty(Reconciler(books).Run(none, "gamma", RandomLedger.Day).Faults);
        Assert.Empty(Reconciler(books).Run(none, "gamma", next).Faults);
        Assert.Empty(Reconciler(books).Run(one, "gamma", RandomLedger.Day).Faults);

        foreach (var (path, date) in (ReadOnlySpan<(string, DateOnly)>)[(none, RandomLedger.Day), (one, next)])
        {
            Assert.Contains(
                "imported already", Assert.Single(Reconciler(books).Run(path, "gamma", date).Faults),
                StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Exceptions_ResolvedInTheMachinesName_AreRefused(string kind)
    {
        using var books = new OpenBooks(kind);
        var (path, _) = Write(new RandomLedger(5, 10), AcquirerFilePlan.Honest);
        Reconciler(books).Run(path, "alpha");
        var exceptions = new ExceptionList(books.Store.Database, books.Day);
        var open = exceptions.Open();

        foreach (var name in (ReadOnlySpan<string>)["reconciliation", " Reconciliation "])
            Assert.Contains("name", exceptions.Resolve(open[0].Id, name, "x") ?? "", StringComparison.Ordinal);

        Assert.Equal(open, exceptions.Open());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Exceptions_Resolve_OnceWithANote(string kind)
    {
        using var books = new OpenBooks(kind);
        var ledger = new RandomLedger(5, 10);
        Feed(books, ledger);
        var (path, _) = Write(ledger.Entries.Skip(4), RandomLedger.Day, "a.csv");
        Reconciler(books).Run(path, "alpha");
        var exceptions = new ExceptionList(books.Store.Database, books.Day);
        var first = exceptions.Open()[0];
        books.Clock.Advance(TimeSpan.FromDays(2));
        var before = exceptions.Ages();

        Assert.Contains("note", exceptions.Resolve(first.Id, "anna", " ")!, StringComparison.Ordinal);
        Assert.Null(exceptions.Resolve(first.Id, "anna", "acquirer pays tomorrow"));
        Assert.Contains("already, by anna", exceptions.Resolve(first.Id, "ben", "no")!, StringComparison.Ordinal);
        Assert.Contains("no exception", exceptions.Resolve(99_999_999, "ben", "no")!, StringComparison.Ordinal);

        Assert.Equal(before.Open, before.UpToThreeDays);
        Assert.Equal(TimeSpan.FromDays(2), before.Oldest);
        Assert.Equal(before.Open - 1, exceptions.Ages().Open);
        var resolved = exceptions.Find(first.Id)!;
        Assert.Equal(("anna", "acquirer pays tomorrow"), (resolved.ResolvedBy, resolved.Note));
    }

    internal static void Feed(OpenBooks books, RandomLedger ledger, Func<LedgerEntry, bool>? filter = null)
    {
        foreach (var entry in ledger.Entries.Where(e => e.IsApproval && (filter is null || filter(e))))
        {
            var code = ledger.Ours.Find(o => o.Rrn == entry.Rrn)!.Currency;
            var e = books.Unique(Approvals.Purchase(entry.ApprovedMinor, currency: code));
            if (entry.Kind == LedgerKind.Credit) e.Kind = TransactionKind.Refund;
            e.RetrievalReferenceNumber = entry.Rrn;
            e.ApprovalCode = entry.ApprovalCode;
            e.CardLastFour = entry.MaskedPan[^4..];
            books.Send(e);
            if (entry.ReversedBy is not null) books.Reverse(e);
        }
    }

    private (string Path, IReadOnlyList<PlantedDifference> Planted) Write(RandomLedger ledger, AcquirerFilePlan plan)
    {
        var path = Path.Combine(_folder, "alpha.csv");
        using var stream = File.Create(path);
        return (path, AcquirerFile.Write(ledger.Entries, "alpha", RandomLedger.Day, plan, stream));
    }

    private (string Path, IReadOnlyList<PlantedDifference> Planted) Write(
        IEnumerable<LedgerEntry> entries, DateOnly date, string name)
    {
        var path = Path.Combine(_folder, name);
        using var stream = File.Create(path);
        return (path, AcquirerFile.Write([.. entries], "alpha", date, AcquirerFilePlan.Honest, stream));
    }

    private static AcquirerReconciler Reconciler(OpenBooks books) => new(books.Store.Database, books.Terms, books.Day);

    private static (long, long, long) Rows(OpenBooks books) => (
        books.Store.Number("SELECT COUNT(*) FROM imported_file"),
        books.Store.Number("SELECT COUNT(*) FROM accounted_line"),
        books.Store.Number("SELECT COUNT(*) FROM reconciliation_exception"));
}
