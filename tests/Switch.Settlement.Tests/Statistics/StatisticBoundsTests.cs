using Dapper;
using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Switch.Contracts.V1;
using Switch.Settlement.Records;
using Switch.Settlement.Statistics;
using Switch.Settlement.Tests.Store;

namespace Switch.Settlement.Tests.Statistics;

/// <summary>What statistics may cost: rows that are read, time, and places of their own.</summary>
public sealed class StatisticBoundsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(TestStore.Sqlite, 3, true)]
    [InlineData(TestStore.Sqlite, 8, false)]
    [InlineData(TestStore.PostgreSql, 3, true)]
    [InlineData(TestStore.PostgreSql, 8, false)]
    public async Task Fold_MoreHoursThanMayBeRead_IsRefusedAndReadsNoFurther(string kind, int readMax, bool isRefused)
    {
        using var store = TestStore.Create(kind);
        for (var day = 0; day < 8; day++) store.Sold(new DateOnly(2026, 6, 1).AddDays(day), 100);
        var request = new GetStatisticsRequest { FromDate = "2026-06-01", ToDate = "2026-06-08" };
        await using var connection = await store.Database.OpenConnectionAsync(Cancel);

        var fold = new StatisticFold([]);
        var fault = await StatisticQuery.Of(request, readMax).FoldAsync(connection, fold, Cancel);

        Assert.Equal(
            isRefused ? "needs more than 3 sums of an hour: ask for fewer days, or not by merchant" : null, fault);
        // Of what is too much, the one row that tells it is.
        Assert.Equal(isRefused ? readMax + 1 : 8, fold.Rows().Single().Answered);
    }

    [Theory]
    [InlineData(
        TestStore.Sqlite,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1e12) SELECT MAX(i) FROM n")]
    [InlineData(TestStore.PostgreSql, "SELECT COUNT(pg_sleep(600))")]
    public async Task Run_QueryThatTakesTooLong_IsEndedAndThePlaceIsFree(string kind, string endless)
    {
        using var store = TestStore.Create(kind);
        var time = new FakeTimeProvider();
        using var gate = new StatisticGate(store.Database, time, NullLogger<QueryGate>.Instance);
        for (var i = 0; i <= StatisticGate.RunningMax; i++)
        {
            var begun = new TaskCompletionSource();
            var running = Task.Run(
                () => gate.RunAsync(
                    async (connection, stop) =>
                    {
                        begun.SetResult();
                        return await connection.ExecuteScalarAsync<long>(
                            new CommandDefinition(endless, cancellationToken: stop));
                    },
                    Cancel),
                Cancel);
            await begun.Task;
            time.Advance(QueryGate.Patience);

            var ended = await Assert.ThrowsAsync<RpcException>(() => running);

            Assert.Equal(
                (StatusCode.DeadlineExceeded, "QUERY_TOO_LONG"),
                (ended.StatusCode, ended.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason));
        }

        // The connection goes back to the pool as it came.
        Assert.Equal(
            7, await gate.RunAsync((connection, _) => connection.ExecuteScalarAsync<long>("SELECT 7"), Cancel));
    }

    // One that is let in waits for a place: the test would not end.
    [Fact(Timeout = 30_000)]
    public async Task Run_PlacesOfStatisticsTaken_LookupsGoOn()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var store = TestStore.Create(TestStore.Sqlite);
        using var statistics = new StatisticGate(store.Database, TimeProvider.System, NullLogger<QueryGate>.Instance);
        using var lookups = new QueryGate(store.Database, TimeProvider.System, NullLogger<QueryGate>.Instance);
        var end = new TaskCompletionSource<long>();
        var taken = Enumerable.Range(0, StatisticGate.AdmittedMax)
            .Select(_ => statistics.RunAsync((_, _) => end.Task, cancel)).ToList();

        var refused = await Assert.ThrowsAsync<RpcException>(() => statistics.RunAsync((_, _) => end.Task, cancel));
        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
        Assert.Equal(
            7, await lookups.RunAsync((connection, _) => connection.ExecuteScalarAsync<long>("SELECT 7"), cancel));

        end.SetResult(1);
        Assert.All(await Task.WhenAll(taken), one => Assert.Equal(1, one));
    }
}
