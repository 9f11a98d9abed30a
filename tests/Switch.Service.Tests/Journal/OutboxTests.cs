using Switch.Service.Journal;

namespace Switch.Service.Tests.Journal;

public sealed class OutboxTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(16_384)]
    public async Task ReadOutboxAsync_ConcurrentWriters_KeepsEachOnesOrder(int tail)
    {
        await using var harness = new JournalHarness(options => options.OutboxTailMax = tail);
        const int Writers = 16, Each = 40;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(
            async () =>
            {
                for (var i = 0; i < Each; i++)
                    await harness.Journal.WriteAsync(new JournalStep
                    {
                        Events = [Steps.Event((writer * 1000) + i) with { PartitionKey = $"writer{writer}" }],
                    });
            },
            Cancel)));

        var all = new List<PendingEvent>();
        long after = 0;
        while (await harness.Journal.ReadOutboxAsync(after, 37, Cancel) is { Count: > 0 } page)
        {
            Assert.True(page.Count <= 37);
            all.AddRange(page);
            after = page[^1].Sequence;
        }

        Assert.Equal(Writers * Each, all.Count);
        Assert.Equal(all.OrderBy(e => e.Sequence).Select(e => e.Sequence), all.Select(e => e.Sequence));
        foreach (var one in all.GroupBy(e => e.PartitionKey))
            Assert.Equal(one.OrderBy(e => e.OccurredAtMs).Select(e => e.EventId), one.Select(e => e.EventId));
    }

    [Fact]
    public async Task RemovePublishedAsync_RunsGapsAndStrangers_RemovesExactlyThose()
    {
        await using var harness = new JournalHarness();
        for (var i = 1; i <= 10; i++) await harness.Journal.WriteAsync(Steps.Announce(i));
        var all = await harness.Journal.ReadOutboxAsync(0, 100, Cancel);

        PendingEvent[] remove = [all[0], all[1], all[2], all[5], all[9], Steps.Told(777), all[4]];
        Assert.Equal(JournalFault.None, await harness.Journal.RemovePublishedAsync(remove));
        Assert.Equal(4, harness.Journal.OutboxDepth);
        var left = (await harness.Journal.ReadOutboxAsync(0, 100, Cancel)).Select(e => e.Sequence);
        Assert.Equal(all.Except(remove).Select(e => e.Sequence), left);

        Assert.Equal(JournalFault.None, await harness.Journal.RemovePublishedAsync(remove));
        Assert.Equal(JournalFault.None, await harness.Journal.RemovePublishedAsync([]));
        Assert.Equal(4, harness.Journal.OutboxDepth);
    }

    [Fact]
    public async Task Event_UnderTheIdOfOneThatWaits_IsNotPutInAgain_AndIsOnceThatIsTold()
    {
        await using var harness = new JournalHarness();
        await harness.Journal.WriteAsync(Steps.Announce(1));
        var first = Assert.Single(await harness.Journal.ReadOutboxAsync(0, 10, Cancel));
        // Put in anew while Kafka is told of the first: that one is gone, and the second must stay.
        await harness.Journal.WriteAsync(Steps.Announce(1) with { RemoveEvents = [first.EventId] });
        Assert.Equal(JournalFault.None, await harness.Journal.RemovePublishedAsync([first]));
        var second = Assert.Single(await harness.Journal.ReadOutboxAsync(0, 10, Cancel));
        Assert.True(second.Sequence > first.Sequence);

        await harness.Journal.WriteAsync(Steps.Announce(1));
        var journal = await harness.ReopenAsync();
        await journal.WriteAsync(Steps.Announce(1));
        Assert.Equal(second.Sequence, Assert.Single(await journal.ReadOutboxAsync(0, 10, Cancel)).Sequence);

        await journal.RemovePublishedAsync([second]);
        await journal.WriteAsync(Steps.Announce(1));
        Assert.True(Assert.Single(await journal.ReadOutboxAsync(0, 10, Cancel)).Sequence > second.Sequence);
    }

    [Fact]
    public async Task Sequence_AfterTheOutboxRanEmptyAndARestart_IsNeverUsedAgain()
    {
        await using var harness = new JournalHarness();
        await harness.Journal.WriteAsync(Steps.Announce(1));
        var read = Assert.Single(await harness.Journal.ReadOutboxAsync(0, 10, Cancel));
        var first = read.Sequence;
        await harness.Journal.RemovePublishedAsync([read]);
        var journal = await harness.ReopenAsync();
        Assert.Empty(await journal.ReadOutboxAsync(0, 10, Cancel));
        await journal.WriteAsync(Steps.Announce(2));
        Assert.True(Assert.Single(await journal.ReadOutboxAsync(0, 10, Cancel)).Sequence > first);
        Assert.Single(await journal.ReadOutboxAsync(first, 10, Cancel));
    }

    [Fact]
    public async Task WaitForOutboxAsync_NewEvents_WakesOnceForThem()
    {
        await using var harness = new JournalHarness();
        var wait = harness.Journal.WaitForOutboxAsync(Cancel).AsTask();
        await harness.Journal.WriteAsync(Steps.Open(1));
        Assert.False(wait.IsCompleted);
        await harness.Journal.WriteAsync(Steps.Close(1));
        await wait;
        Assert.Single(await harness.Journal.ReadOutboxAsync(0, 10, Cancel));

        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var next = harness.Journal.WaitForOutboxAsync(giveUp.Token).AsTask();
        Assert.False(next.IsCompleted);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Fact]
    public async Task G3_WaitForOutboxAsync_OneEventComesAsAnotherLeaves_WakesForIt()
    {
        await using var harness = new JournalHarness();
        await harness.Journal.WriteAsync(Steps.Announce(1));
        await harness.Journal.WaitForOutboxAsync(Cancel);
        var first = Assert.Single(await harness.Journal.ReadOutboxAsync(0, 10, Cancel));
        var held = harness.HoldWriterAsync();
        var before = harness.Commits;
        var added = harness.Journal.WriteAsync(Steps.Announce(2)).AsTask();
        var removed = harness.Journal.RemovePublishedAsync([first]).AsTask();
        harness.ReleaseWriter();
        await Task.WhenAll(added, removed, held);
        Assert.Equal((before + 1, 1), (harness.Commits, harness.Journal.OutboxDepth));

        Assert.True(harness.Journal.WaitForOutboxAsync(Cancel).AsTask().IsCompleted, "the relay sleeps on an event");
    }

    [Fact]
    public async Task WaitForOutboxAsync_EventsLeftFromBefore_WakesAtOnce()
    {
        await using var harness = new JournalHarness();
        await harness.Journal.WriteAsync(Steps.Announce(1));
        var journal = await harness.ReopenAsync();
        Assert.True(journal.WaitForOutboxAsync(Cancel).AsTask().IsCompleted);
        Assert.False(journal.WaitForOutboxAsync(Cancel).AsTask().IsCompleted);
    }

    [Fact]
    public async Task ReadOutboxAsync_WhileWriting_MeetsEveryEventOnceAndInOrder()
    {
        await using var harness = new JournalHarness();
        const int Events = 2_000;
        var writing = Task.Run(
            async () =>
            {
                for (var i = 0; i < Events; i += 20)
                    await Task.WhenAll(Enumerable.Range(i, 20).Select(n =>
                        harness.Journal.WriteAsync(Steps.Announce(n)).AsTask()));
            },
            Cancel);

        long after = 0;
        var seen = new HashSet<string>();
        while (seen.Count < Events)
        {
            await harness.Journal.WaitForOutboxAsync(Cancel);
            while (await harness.Journal.ReadOutboxAsync(after, 64, Cancel) is { Count: > 0 } page)
            {
                foreach (var e in page) Assert.True(seen.Add(e.EventId));
                after = page[^1].Sequence;
                Assert.Equal(JournalFault.None,
                    await harness.Journal.RemovePublishedAsync(page));
            }
        }

        await writing;
        Assert.Equal(0, harness.Journal.OutboxDepth);
    }
}
