using Dapper;
using Switch.Settlement.Reconciliation;
using Switch.Settlement.Store;
using Switch.Settlement.Tests.Days;
using Switch.Settlement.Tests.Store;
using Switch.Simulator;
using Switch.Testing;

namespace Switch.Settlement.Tests.Reconciliation;

/// <summary>What was compared with books that have changed since is not kept.</summary>
public sealed class ConcurrentImportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("switch-at-once-").FullName;

    public static TheoryData<string> Kinds => TestStore.Kinds;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Acquirer_TwoFilesAtOnce_OneIsKeptAndOneIsTriedAgain()
    {
        using var books = new OpenBooks(TestStore.PostgreSql);
        var ledger = new RandomLedger(7, 120);
        ReconcilerTests.Feed(books, ledger);
        string[] paths = [Write(ledger, RandomLedger.Day), Write(ledger, RandomLedger.Day.AddDays(1))];
        books.GoTo("2026-03-03");
        var stop = TestContext.Current.CancellationToken;
        Task<ReconciliationResult>[] runs;
        using (var alone = books.Store.Database.Begin(StoreLock.Alone))
        {
            // Both have compared, and wait to write.
            runs = [.. paths.Select(path => Task.Run(() => Run(books, path), stop))];
            await Eventually.TrueAsync(() => Waiting(alone) == runs.Length, "both wait", null, stop);
            alone.Commit();
        }

        var results = await Task.WhenAll(runs);

        var refused = Assert.Single(results, static r => !r.IsImported);
        Assert.Contains("meanwhile", Assert.Single(refused.Faults), StringComparison.Ordinal);
        // The lines of both are the same: of the second every one is there already.
        var again = Run(books, paths[Array.IndexOf(results, refused)]);
        Assert.Equal(again.Lines, again.Counts[MatchOutcome.Duplicate]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bank_AnotherStatementOrACloseMeanwhile_IsRefusedAndChangesNothing(string kind)
    {
        using var desk = new BankDesk(kind);
        var path = Path.Combine(_folder, "a.xml");
        File.WriteAllBytes(path, Camt.Statement(
            "08", 0m, desk.Owed / 100m, "EUR", BankDesk.Alpha(desk.Owed, "R1")));
        var reconciler = new BankReconciler(desk.Books.Store.Database, desk.Books.Terms, desk.Books.Day);

        var imported = reconciler.Run(path, Once(() => desk.Camt("b.xml", desk.Paid("R2"))));
        var closed = reconciler.Run(path, Once(() => desk.Books.Close("2026-03-03")));

        foreach (var result in (ReadOnlySpan<ReconciliationResult>)[imported, closed])
            Assert.Contains("meanwhile", Assert.Single(result.Faults), StringComparison.Ordinal);
        Assert.Equal(-desk.Payout.AmountMinor, desk.AllOf(Settlement.Books.Account.Bank));
        Assert.Equal(1, reconciler.Run(path).Counts[MatchOutcome.Matched]);
    }

    // What happens after the comparison and before anything is written.
    private static Action<string> Once(Action act) => told =>
    {
        if (told.Contains("findings", StringComparison.Ordinal)) act();
    };

    private static ReconciliationResult Run(OpenBooks books, string path) =>
        new AcquirerReconciler(books.Store.Database, books.Terms, books.Day).Run(path, "alpha");

    private static long Waiting(StoreTransaction within) => within.Connection.ExecuteScalar<long>(
        "SELECT COUNT(*) FROM pg_locks waiting WHERE NOT waiting.granted AND waiting.locktype = 'advisory' "
        + "AND EXISTS (SELECT 1 FROM pg_locks held WHERE held.pid = pg_backend_pid() AND held.locktype = 'advisory' "
        + "AND held.classid = waiting.classid AND held.objid = waiting.objid)", null, within.Transaction);

    private string Write(RandomLedger ledger, DateOnly date)
    {
        var path = Path.Combine(_folder, $"alpha-{date:yyyyMMdd}.csv");
        using var stream = File.Create(path);
        AcquirerFile.Write(ledger.Entries, "alpha", date, AcquirerFilePlan.Honest, stream);
        return path;
    }
}
