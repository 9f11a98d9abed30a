using Switch.Contracts.V1;
using Switch.Service.Journal;
using Switch.Testing;

namespace Switch.Service.Tests.Journal;

/// <summary>The records that are kept for a store that forgets, and what is not known to stand yet.</summary>
[Collection(nameof(DiskFaults))]
public sealed class OutcomeTests
{
    private static readonly TimeSpan Upkeep = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Outcome_AfterARestart_IsUnsettledStill_AndReadsBackAsItWasWritten()
    {
        await using var harness = new JournalHarness();
        await WriteAsync(harness, Outcome(harness, 1));
        await WriteAsync(harness, Outcome(harness, 2, isSettled: true));
        Assert.True(harness.Journal.IsUnsettled(Steps.Id(1)));
        Assert.False(harness.Journal.IsUnsettled(Steps.Id(2)));

        var journal = await harness.ReopenAsync();

        Assert.Equal([Steps.Id(1)], journal.UnsettledTransactions());
        var found = journal.FindUnsettled(Steps.Id(1))!;
        Assert.Equal(Record(1), found.Record.ToArray());
        Assert.Equal(Now(harness), found.AtMs);
        Assert.False(found.IsSettled);
        Assert.Null(journal.FindUnsettled(Steps.Id(2)));
        Assert.Equal(
            [(Steps.Id(2), true), (Steps.Id(1), false)],
            journal.ReadOutcomes(long.MaxValue, 10).Select(row => (row.Outcome.TransactionId, row.Outcome.IsSettled)));
    }

    [Fact]
    public async Task Settle_IsRememberedOverARestart_UpToTheFirstThatIsNot()
    {
        await using var harness = new JournalHarness();
        for (var i = 1; i <= 4; i++) await WriteAsync(harness, Outcome(harness, i));
        harness.Journal.Settle(Steps.Id(1));
        harness.Journal.Settle(Steps.Id(2));
        harness.Journal.Settle(Steps.Id(4));
        Assert.Equal([Steps.Id(3)], harness.Journal.UnsettledTransactions());

        // An idle journal remembers by itself.
        await CommitOfItsOwnAsync(harness);
        var journal = await harness.ReopenAsync();

        // 4 is settled once more, which is safe; 1 and 2 need no second look.
        Assert.Equal([Steps.Id(3), Steps.Id(4)], journal.UnsettledTransactions());
        journal.Settle(Steps.Id(3));
        journal.Settle(Steps.Id(4));
        await CommitOfItsOwnAsync(harness);
        Assert.Empty((await harness.ReopenAsync()).UnsettledTransactions());
    }

    [Fact]
    public async Task WaitForSettledAsync_GivenUp_LeavesTheNextToWait()
    {
        await using var harness = new JournalHarness();
        await WriteAsync(harness, Outcome(harness, 1), Steps.Event(1));
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var first = harness.Journal.WaitForSettledAsync(Steps.Id(1), 0, giveUp.Token).AsTask();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        var second = harness.Journal.WaitForSettledAsync(Steps.Id(1), 0, Cancel).AsTask();
        Assert.False(second.IsCompleted);
        harness.Journal.Settle(Steps.Id(1));
        await second;
    }

    [Fact]
    public async Task Supersede_TakesTheEventsAway_AndIsRememberedOverARestart()
    {
        await using var harness = new JournalHarness();
        var journal = harness.Journal;
        await WriteAsync(harness, Outcome(harness, 1), Steps.Event(1), Steps.Event(1, "reversal_queued"));
        await WriteAsync(harness, Outcome(harness, 2), Steps.Event(2));
        var superseded = new JournalStep
        {
            Outcome = new OutcomeRow(Steps.Id(1), Now(harness), default, IsSettled: true),
            RemoveEvents = [Steps.Event(1).EventId, Steps.Event(1, "reversal_queued").EventId, "never.there"],
            Events = [Steps.Event(1, "late")],
            Advice = Steps.Advice(1),
        };
        Assert.Equal(JournalFault.None, await journal.WriteAsync(superseded));

        // Durable, and the process died before it said so: the next one knows.
        journal = await harness.ReopenAsync();
        Assert.Equal([Steps.Id(2)], journal.UnsettledTransactions());
        Assert.Equal(2, journal.OutboxDepth);
        Assert.Equal(
            [Steps.Event(2).EventId, Steps.Event(1, "late").EventId],
            (await journal.ReadOutboxAsync(0, 10, Cancel)).Select(e => e.EventId));
        Assert.Equal(1, journal.PendingAdvices);
        // Newest first: whoever puts back meets the empty row before the one that did not stand.
        var kept = journal.ReadOutcomes(long.MaxValue, 10);
        Assert.True(kept[0].Outcome.Record.IsEmpty);
        Assert.Equal([Steps.Id(1), Steps.Id(2), Steps.Id(1)], kept.Select(row => row.Outcome.TransactionId));

        var before = journal.Supersessions;
        journal.Supersede(Steps.Id(2));
        Assert.Equal(before + 1, journal.Supersessions);
        Assert.False(journal.IsUnsettled(Steps.Id(2)));
    }

    [Fact]
    public async Task Outcome_ThatDidNotBecomeDurable_IsNotUnsettled()
    {
        Assert.SkipUnless(DiskFault.IsPossible, "Needs Linux.");
        await using var harness = new JournalHarness();
        await harness.Journal.WriteAsync(Steps.Open(1));
        harness.Execute("PRAGMA wal_checkpoint(PASSIVE)");
        using (DiskFault.Full(harness.Options.Path))
        {
            var fault = await harness.Journal.WriteAsync(new JournalStep { Outcome = Outcome(harness, 1) });
            Assert.Equal(JournalFault.Full, fault);
            Assert.False(harness.Journal.IsUnsettled(Steps.Id(1)));
            Assert.Equal(
                JournalFault.NotWritten,
                await harness.Journal.WriteAsync(new JournalStep { Outcome = Outcome(harness, 2) }));
        }

        var before = harness.Commits;
        await Eventually.TrueAsync(
            () =>
            {
                harness.Time.Advance(Upkeep);
                return harness.Journal.IsHealthy && harness.Commits > before;
            },
            "the disk works, and upkeep was done", cancellationToken: Cancel);
        // Its number is used again, and must not pass as settled because it once was given out.
        await WriteAsync(harness, Outcome(harness, 3));
        Assert.Equal([Steps.Id(3)], (await harness.ReopenAsync()).UnsettledTransactions());
    }

    [Fact]
    public async Task Kept_AreForgottenByAge_AgainAndAgain_ButNeverWhatIsUnsettled()
    {
        await using var harness = new JournalHarness();
        for (var round = 1; round <= 3; round++)
        {
            await WriteAsync(harness, Outcome(harness, round, isSettled: true));
            harness.Time.Advance(harness.Options.OutcomeRetention - Upkeep);
            Assert.Single(harness.Journal.ReadOutcomes(long.MaxValue, 10));

            // The journal is idle, and empty of them after each round.
            await CommitOfItsOwnAsync(harness);
            Assert.Empty(harness.Journal.ReadOutcomes(long.MaxValue, 10));
        }

        await WriteAsync(harness, Outcome(harness, 10));
        await WriteAsync(harness, Outcome(harness, 11, isSettled: true));
        harness.Time.Advance(harness.Options.OutcomeRetention);
        await CommitOfItsOwnAsync(harness);
        // What comes after an unsettled one waits for it: the settled part is one run.
        Assert.Equal(2, harness.Journal.ReadOutcomes(long.MaxValue, 10).Count);
        Assert.True(harness.Journal.IsUnsettled(Steps.Id(10)));

        harness.Journal.Settle(Steps.Id(10));
        await CommitOfItsOwnAsync(harness);
        Assert.Empty(harness.Journal.ReadOutcomes(long.MaxValue, 10));
    }

    [Fact]
    public async Task Kept_PastTheirNumber_TheOldestGoBeforeTheirTime_AndNoMoreThanThat()
    {
        await using var harness = new JournalHarness(options => options.OutcomeRowsMax = 20);
        for (var i = 1; i <= 50; i++) await WriteAsync(harness, Outcome(harness, i, isSettled: true));

        Assert.Equal(
            Enumerable.Range(31, 20).Reverse().Select(Steps.Id),
            harness.Journal.ReadOutcomes(long.MaxValue, 100).Select(row => row.Outcome.TransactionId));
        Assert.Equal(20, (await harness.ReopenAsync()).ReadOutcomes(long.MaxValue, 100).Count);
    }

    [Fact]
    public async Task Kept_InACrowdedFile_MakeRoom_ButNeverWhatIsUnsettled()
    {
        await using var harness = new JournalHarness(options => options.BytesMax = 1 << 20);
        for (var i = 1; i <= 400; i++)
            await WriteAsync(harness, Outcome(harness, i, isSettled: true, bytes: JournalStep.BytesMax));
        Assert.InRange(harness.Journal.ReadOutcomes(long.MaxValue, 1000).Count, 1, 192);
        Assert.True(harness.Journal.CanAccept);

        // Unsettled ones stay whatever it costs: new money is refused in time, and each outcome still has its room.
        var number = 1000;
        while (await harness.Journal.WriteAsync(Steps.Open(number)) == JournalFault.None)
        {
            var close = Steps.CloseLargest(number);
            Assert.Equal(
                JournalFault.None,
                await harness.Journal.WriteAsync(
                    close with { Outcome = Outcome(harness, number, bytes: JournalStep.BytesMax) }));
            number++;
        }

        Assert.Equal(JournalFault.None, harness.Journal.Health);
        Assert.Equal(
            Enumerable.Range(1000, number - 1000).Select(Steps.Id), harness.Journal.UnsettledTransactions());
        foreach (var id in harness.Journal.UnsettledTransactions())
            Assert.Equal(JournalStep.BytesMax, harness.Journal.FindUnsettled(id)!.Record.Length);
    }

    [Fact]
    public async Task Notes_AndDeferredReversals_SurviveARestart()
    {
        await using var harness = new JournalHarness();
        var id = harness.Journal.Id;
        Assert.Equal("", harness.Journal.StoreNote);
        Assert.Equal(JournalFault.None, await harness.Journal.SetStoreNoteAsync("run/canary"));
        foreach (var number in (int[])[2, 1, 2])
        {
            var deferred = new JournalStep { DeferReversal = new(Steps.Id(number), ReversalReason.Timeout) };
            Assert.Equal(JournalFault.None, await harness.Journal.WriteAsync(deferred));
            harness.Time.Advance(TimeSpan.FromMilliseconds(5));
        }

        var journal = await harness.ReopenAsync();

        Assert.Equal((id, "run/canary"), (journal.Id, journal.StoreNote));
        var deferredRows = journal.ReadDeferredReversals(0, 10);
        Assert.Equal([Steps.Id(2), Steps.Id(1)], deferredRows.Select(row => row.TransactionId));
        Assert.All(deferredRows, row => Assert.Equal(ReversalReason.Timeout, row.Reason));
        Assert.Equal([deferredRows[0]], journal.ReadDeferredReversals(0, 1));
        Assert.Equal([deferredRows[1]], journal.ReadDeferredReversals(deferredRows[0].Sequence, 10));
        await journal.WriteAsync(new JournalStep { CloseDeferred = Steps.Id(2) });
        Assert.Equal([deferredRows[1]], (await harness.ReopenAsync()).ReadDeferredReversals(0, 10));
        await using var fresh = new JournalHarness();
        Assert.NotEqual(id, fresh.Journal.Id);
    }

    [Fact]
    public async Task IntentAndOutcome_AreOneStep()
    {
        await using var harness = new JournalHarness();
        await harness.Journal.WriteAsync(Steps.Open(1));
        Assert.Equal(Steps.Id(1), harness.Journal.FindIntent(Steps.Id(1))!.TransactionId);
        Assert.Null(harness.Journal.FindIntent(Steps.Id(2)));

        // As if the schema refused the last row, when all others are written: none may stay, the neighbours' do.
        harness.Execute(
            """
            CREATE TRIGGER refuse BEFORE INSERT ON outbox WHEN NEW.event_id LIKE '%.bad'
            BEGIN SELECT RAISE(ABORT, 'refused'); END
            """);
        var held = harness.HoldWriterAsync();
        var broken = harness.Journal.WriteAsync(new JournalStep
        {
            CloseIntent = Steps.Id(1),
            Outcome = Outcome(harness, 1),
            Events = [Steps.Event(1), Steps.Event(1, "bad")],
        }).AsTask();
        var good = harness.Journal.WriteAsync(Steps.Announce(3) with { Outcome = Outcome(harness, 3) }).AsTask();
        harness.ReleaseWriter();
        await held;

        Assert.Equal(JournalFault.Refused, await broken);
        Assert.Equal(JournalFault.None, await good);
        Assert.Equal([Steps.Id(3)], harness.Journal.UnsettledTransactions());
        Assert.Equal(1, harness.Journal.OpenIntents);
        Assert.Equal(2, harness.Journal.OutboxDepth + harness.Journal.OpenIntents);
    }

    private static OutcomeRow Outcome(JournalHarness harness, int number, bool isSettled = false, int bytes = 200) =>
        new(Steps.Id(number), Now(harness), Record(number, bytes), isSettled);

    private static byte[] Record(int number, int bytes = 200) => Steps.Bytes(number, bytes);

    private static long Now(JournalHarness harness) => harness.Time.GetUtcNow().ToUnixTimeMilliseconds();

    private static async Task WriteAsync(JournalHarness harness, OutcomeRow outcome, params OutboxRow[] events) =>
        Assert.Equal(
            JournalFault.None,
            await harness.Journal.WriteAsync(new JournalStep { Events = events, Outcome = outcome }));

    /// <summary>Lets the writer's own timer go off, and waits for the commit that it makes.</summary>
    private static async Task CommitOfItsOwnAsync(JournalHarness harness)
    {
        var before = harness.Commits;
        harness.Time.Advance(Upkeep + TimeSpan.FromMilliseconds(1));
        await Eventually.TrueAsync(
            () => harness.Commits > before, "a commit for upkeep", cancellationToken: Cancel);
    }
}
