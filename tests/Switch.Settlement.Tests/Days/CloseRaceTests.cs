using Switch.Settlement.Tests.Store;

namespace Switch.Settlement.Tests.Days;

public sealed class CloseRaceTests
{
    /// <summary>A batch that is being written and a close: either the window has the sale, or the next one.</summary>
    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Close_WhileBatchesAreWritten_LosesAndChangesNothing(string kind)
    {
        using var books = new OpenBooks(kind);
        using var isWriting = new ManualResetEventSlim();
        var stop = false;
        var sold = 0L;
        var writing = Task.Factory.StartNew(
            () =>
            {
                for (; !Volatile.Read(ref stop); sold++)
                {
                    books.Sell(1_000, "2026-03-02");
                    isWriting.Set();
                }
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        isWriting.Wait(TestContext.Current.CancellationToken);

        Assert.Null(books.TryClose("2026-03-02").Refusal);
        var windows = books.Store.Rows<long>("SELECT sales_count FROM settlement_window");
        var after = Interlocked.Read(ref sold);
        while (Interlocked.Read(ref sold) < after + 5 && !writing.IsCompleted) await Task.Yield();
        Volatile.Write(ref stop, true);
        await writing;

        Assert.Equal(windows, books.Store.Rows<long>("SELECT sales_count FROM settlement_window"));
        Assert.Equal(sold, windows.Sum() + books.Store.Number(
            "SELECT COUNT(*) FROM entry WHERE kind = 1 AND settle_date = '2026-03-03'"));
        Assert.True(windows.Sum() > 0, "the close was before every sale");
        books.AssertBalanced();
    }
}
