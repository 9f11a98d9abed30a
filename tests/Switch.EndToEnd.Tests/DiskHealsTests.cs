using Grpc.Core;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Switch.Contracts.V1;
using Switch.Service;
using Switch.Service.Tests.Journal;
using Switch.Simulator;
using Switch.Testing;

namespace Switch.EndToEnd.Tests;

/// <summary>The journal's disk fails in the middle of a payment and works again, without a restart.</summary>
[Collection(nameof(DiskFaults))]
public sealed class DiskHealsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<bool> Faults => DiskFault.IsPossible ? [true, false] : [];

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Faults))]
    public async Task S5_OutcomeThatCouldNotBeJournalled_IsReversedAndAnswered68_WhenTheDiskWorksAgain(bool isFull)
    {
        await using var test = await StartAsync();
        test.Sandbox.Alpha.Scenario = Scenario.Parse("defaults: { latency: { fixed: 1s } }");
        var request = Payments.Purchase();
        var pending = test.AuthorizeAsync(request);
        await test.OpenIntentsAsync(1);

        using (Break(test, isFull))
        {
            // The acquirer has approved, and nobody may be told what is on no disk.
            var error = await Assert.ThrowsAsync<RpcException>(() => pending);
            Assert.Equal(StatusCode.Aborted, error.StatusCode);
            Assert.Single(test.Sandbox.Alpha.Ledger.UnreversedApprovals());
        }

        test.Sandbox.Alpha.Scenario = Scenario.ApproveAll;
        // A retry that comes before this has its seat, and then waits for the lease instead.
        await Eventually.TrueAsync(() => test.Journal.OpenIntents == 0, "recovery has ended it", Patience, Token);
        var retry = await test.AuthorizeAsync(request);

        Assert.Equal((Outcome.Declined, "68", true), (retry.Outcome, retry.ResponseCode, retry.Replayed));
        var events = await test.EventsAsync(
            retry.TransactionId, "authorized", "reversal_queued", "reversal_acknowledged");
        Assert.Equal(3, events.Count);
        Assert.Empty(test.Sandbox.Alpha.Ledger.UnreversedApprovals());
        Assert.Equal(Outcome.Approved, (await test.AuthorizeAsync(Payments.Purchase())).Outcome);
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Faults))]
    public async Task S2_IntentThatCouldNotBeJournalled_LeavesItsKeyFree_WhenTheDiskWorksAgain(bool isFull)
    {
        await using var test = await StartAsync();
        var request = Payments.Purchase();
        using (Break(test, isFull))
        {
            var (code, reason, _) = await test.RefusedAsync(request);
            Assert.Equal((StatusCode.Unavailable, "JOURNAL_UNAVAILABLE"), (code, reason));
            Assert.Empty(test.Sandbox.Alpha.Ledger.Entries());
        }

        await Eventually.TrueAsync(
            () => test.Journal.Health == Switch.Service.Journal.JournalFault.None, "the disk works", Patience, Token);
        var retry = await test.AuthorizeAsync(request);

        Assert.Equal((Outcome.Approved, false), (retry.Outcome, retry.Replayed));
        Assert.Single(test.Sandbox.Alpha.Ledger.UnreversedApprovals());
        Assert.Single(await test.EventsAsync(retry.TransactionId, "authorized"));
        Assert.Empty(test.Journal.ReadAdvices());
        Assert.Equal(0, test.Journal.OpenIntents);
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Faults))]
    public async Task S2_WhileTheDiskIsBad_NoKeyIsTaken_AndWhatIsAnsweredIsReplayed(bool isFull)
    {
        await using var test = await StartAsync();
        var (answered, fresh) = (Payments.Purchase(), Payments.Purchase());
        var first = await test.AuthorizeAsync(answered);
        using (Break(test, isFull))
        {
            // The first to meet it finds it out.
            await test.RefusedAsync(Payments.Purchase());
            await Eventually.TrueAsync(() => !test.Journal.CanAccept, "known to be bad", Patience, Token);

            Assert.Equal("JOURNAL_UNAVAILABLE", (await test.RefusedAsync(fresh)).Reason);
            var found = await test.Client.GetTransactionAsync(
                new GetTransactionRequest { Key = Payments.KeyOf(fresh) }, cancellationToken: Token);
            // Another instance may send it at once.
            Assert.Equal(GetTransactionResponse.Types.State.NotFound, found.State);
            var repeat = await test.AuthorizeAsync(answered);
            Assert.Equal((first.ApprovalCode, true), (repeat.ApprovalCode, repeat.Replayed));
        }
    }

    private static Task<SwitchUnderTest> StartAsync() => SwitchUnderTest.StartAsync(
        // A loaded machine is no store that is away.
        ("Switch:Redis:OperationTimeout", "00:00:05"),
        ("Switch:Journal:ProbeDelayMin", "00:00:00.050"),
        ("Switch:Journal:ProbeDelayMax", "00:00:00.100"),
        ("Switch:Kafka:RestartDelay", "00:00:00.100"),
        ("Switch:Recovery:SweepInterval", "00:00:00.200"));

    private static DiskFault Break(SwitchUnderTest test, bool isFull)
    {
        var path = test.Sandbox.SwitchServices.GetRequiredService<SwitchOptions>().Journal.Path;
        while (true)
        {
            // What is in the file need not be read from a log that is not one for a while; nothing may be added to it
            // in between.
            var written = File.GetLastWriteTimeUtc(path + "-wal");
            using (var connection = new SqliteConnection($"Data Source={path};Pooling=False"))
            {
                connection.Open();
                using var command = connection.CreateCommand();
                command.CommandText = "PRAGMA wal_checkpoint(PASSIVE)";
                command.ExecuteNonQuery();
            }

            var fault = isFull ? DiskFault.Full(path) : DiskFault.Unwritable(path);
            if (File.GetLastWriteTimeUtc(path + "-wal") == written) return fault;
            fault.Dispose();
        }
    }
}
