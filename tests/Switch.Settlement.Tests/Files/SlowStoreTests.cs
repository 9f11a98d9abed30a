using Dapper;
using Switch.Settlement.Days;
using Switch.Settlement.Files;
using Switch.Settlement.Store;
using Switch.Settlement.Tests.Days;
using Switch.Settlement.Tests.Store;
using Switch.Testing;

namespace Switch.Settlement.Tests.Files;

/// <summary>A large close takes long: no query of it ends by the time that a query has otherwise.</summary>
public sealed class SlowStoreTests : IDisposable
{
    private static readonly DateOnly Date = new(2026, 3, 2);
    private readonly string _folder = Directory.CreateTempSubdirectory("switch-slow-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("closed_day")]
    [InlineData("entry")]
    [InlineData("payout")]
    [InlineData("balance")]
    [InlineData("posting")]
    [InlineData("fee_rule")]
    [InlineData("adjustment")]
    public async Task WriteAll_ATableTakesLong_IsWaitedFor(string table)
    {
        using var books = new OpenBooks(TestStore.PostgreSql);
        books.Sell(10_000, "2026-03-02");
        books.Close("2026-03-02");

        var result = await WhileSlowAsync(
            books.Store, table, database => new ClosedDayFiles(database, books.Terms).WriteAll(Date, _folder));

        Assert.Empty(result.Faults);
    }

    [Theory]
    [InlineData("closed_day")]
    [InlineData("balance")]
    [InlineData("reserve_held")]
    [InlineData("settlement_window")]
    [InlineData("payout_hold")]
    [InlineData("payout")]
    [InlineData("closed_day_watermark")]
    public async Task Close_ATableTakesLong_IsWaitedFor(string table)
    {
        using var books = new OpenBooks(TestStore.PostgreSql);
        books.Sell(10_000, "2026-03-02");

        var result = await WhileSlowAsync(
            books.Store, table, database => new DayCloser(database, books.Terms, books.Day).Close(Date, "anna"));

        Assert.Null(result.Refusal);
        Assert.Single(result.Payouts);
    }

    // Keeps a table until whoever asks for it has waited longer than its queries have by the connection string.
    private static async Task<T> WhileSlowAsync<T>(TestStore store, string table, Func<SettlementDatabase, T> act)
    {
        using var impatient = SettlementDatabase.Open(store.Connection + ";Command Timeout=1");
        await using var holder = store.Database.OpenConnection();
        await using var hold = await holder.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await holder.ExecuteAsync($"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE", transaction: hold);
        var acting = Task.Run(() => act(impatient), TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(
            () => acting.IsCompleted || HasWaited(store, table), $"{table} was waited for",
            TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await hold.RollbackAsync(TestContext.Current.CancellationToken);
        return await acting;
    }

    private static bool HasWaited(TestStore store, string table) => store.Number(
        "SELECT COUNT(*) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid WHERE NOT l.granted "
        + "AND l.relation = CAST(@table AS regclass) AND clock_timestamp() - a.query_start > interval '1.3 s'",
        new { table = $"{store.Database.Place}.{table}" }) > 0;
}
