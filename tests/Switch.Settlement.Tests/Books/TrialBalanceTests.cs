using Switch.Settlement.Books;
using Switch.Settlement.Store;
using Switch.Settlement.Tests.Consuming;
using Switch.Settlement.Tests.Store;

namespace Switch.Settlement.Tests.Books;

public sealed class TrialBalanceTests
{
    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task ReadBoth_WhileABatchIsOpen_WaitsForNobodyAndSeesOneMoment(string kind)
    {
        using var store = TestStore.Create(kind);
        using (var writer = BooksWriterTests.Writer(store))
            writer.Write([EventStreams.Read(0, 0, EventStreams.Authorized(1))]);
        using var batch = store.Database.Begin(StoreLock.Shared);
        using (var half = batch.Command("UPDATE balance SET amount_minor = 0")) half.ExecuteNonQuery();

        var (kept, lines) = await Task.Run(
            () => TrialBalance.ReadBoth(store.Database), TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.True(kept.IsBalanced);
        Assert.NotEmpty(kept.Rows);
        Assert.Equal(lines.Rows, kept.Rows);
    }
}
