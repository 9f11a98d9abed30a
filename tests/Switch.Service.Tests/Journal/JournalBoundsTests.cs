using Switch.Service.Journal;

namespace Switch.Service.Tests.Journal;

public sealed class JournalBoundsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WriteAsync_OutboxFull_RefusesNewMoneyButRecordsEveryOutcome()
    {
        await using var harness = new JournalHarness(options => options.OutboxRowsMax = 20);
        var journal = harness.Journal;
        for (var i = 1; i <= 3; i++) Assert.Equal(JournalFault.None, await journal.WriteAsync(Steps.Open(i)));
        // 20 rows, less the 3 × 4 that the open intents may still need.
        for (var i = 10; i < 18; i++) Assert.Equal(JournalFault.None, await journal.WriteAsync(Steps.Announce(i)));
        Assert.Equal(JournalFault.OutboxFull, await journal.WriteAsync(Steps.Announce(18)));
        Assert.Equal(JournalFault.OutboxFull, await journal.WriteAsync(Steps.Open(4)));
        Assert.Equal(JournalFault.OutboxFull, journal.Admission);
        Assert.False(journal.CanAccept);
        Assert.True(journal.IsHealthy);

        // A further attempt of a transaction that is open already needs no new room.
        Assert.Equal(JournalFault.None, await journal.WriteAsync(new JournalStep { OpenIntent = Steps.Intent(2, 2) }));
        Assert.Equal(JournalFault.OutboxFull, await journal.WriteAsync(
            new JournalStep { OpenIntent = Steps.Intent(2, 3), Events = [Steps.Event(2, "retried")] }));
        for (var i = 1; i <= 3; i++) Assert.Equal(JournalFault.None, await journal.WriteAsync(Steps.CloseLargest(i)));
        Assert.Equal(20, journal.OutboxDepth);
        Assert.Equal(JournalFault.OutboxFull, await journal.WriteAsync(Steps.CloseLargest(1)));

        var events = await journal.ReadOutboxAsync(0, 100, Cancel);
        await journal.RemovePublishedAsync([.. events.Take(4)]);
        Assert.True(journal.CanAccept);
        Assert.Equal(JournalFault.None, await journal.WriteAsync(Steps.Open(4)));
        Assert.False(journal.CanAccept);
    }

    [Fact]
    public async Task WriteAsync_AdvicesFull_RefusesNewMoneyButRecordsEveryOutcome()
    {
        await using var harness = new JournalHarness(options => options.AdviceRowsMax = 3);
        var journal = harness.Journal;
        for (var i = 1; i <= 3; i++) Assert.Equal(JournalFault.None, await journal.WriteAsync(Steps.Open(i)));
        Assert.Equal(JournalFault.AdvicesFull, await journal.WriteAsync(Steps.Open(4)));
        for (var i = 1; i <= 3; i++) Assert.Equal(JournalFault.None, await journal.WriteAsync(Steps.CloseLargest(i)));
        Assert.Equal(JournalFault.AdvicesFull, journal.Admission);
        Assert.Equal(3, journal.PendingAdvices);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task WriteAsync_AnyMixNearTheBound_NeverRefusesAnOutcome(int seed)
    {
        const long RowsMax = 40;
        await using var harness = new JournalHarness(options => options.OutboxRowsMax = RowsMax);
        var journal = harness.Journal;
        var random = new Random(seed);
        var open = new List<int>();
        for (var number = 1; number < 800; number++)
        {
            switch (random.Next(4))
            {
                case 0:
                    if (await journal.WriteAsync(Steps.Open(number)) == JournalFault.None) open.Add(number);
                    break;
                case 1 when open.Count > 0:
                    var closing = open[random.Next(open.Count)];
                    open.Remove(closing);
                    Assert.Equal(JournalFault.None, await journal.WriteAsync(
                        random.Next(2) == 0 ? Steps.Close(closing) : Steps.CloseLargest(closing)));
                    break;
                case 2:
                    await journal.WriteAsync(Steps.Announce(number));
                    break;
                default:
                    var page = await journal.ReadOutboxAsync(0, random.Next(1, 8), Cancel);
                    await journal.RemovePublishedAsync(page);
                    break;
            }

            Assert.Equal(open.Count, journal.OpenIntents);
            Assert.True(journal.OutboxDepth + (journal.OpenIntents * JournalStep.EventsMax) <= RowsMax);
        }

        var (depth, intents) = (journal.OutboxDepth, journal.OpenIntents);
        var again = await harness.ReopenAsync();
        Assert.Equal((depth, intents), (again.OutboxDepth, again.OpenIntents));
    }

    [Fact]
    public async Task WriteAsync_FileNearItsBound_HasRoomForTheLargestOutcomeOfEveryOpenIntent()
    {
        await using var harness = new JournalHarness(options => options.BytesMax = 4 << 20);
        var journal = harness.Journal;
        var open = 0;
        // Half the file is filled before, so that the outcomes meet pages of every age.
        for (var i = 100_000; i < 100_150; i++)
            Assert.Equal(JournalFault.None,
                await journal.WriteAsync(new JournalStep { Events = [Steps.Event(i, bytes: JournalStep.BytesMax)] }));
        while (await journal.WriteAsync(Largest(open + 1)) == JournalFault.None) open++;

        Assert.InRange(open, 20, 200);
        Assert.Equal(JournalFault.Full, journal.Admission);
        Assert.True(journal.IsHealthy);
        for (var i = 1; i <= open; i++)
            Assert.Equal(JournalFault.None, await journal.WriteAsync(Steps.CloseLargest(i)));
        Assert.True(journal.IsHealthy);
        Assert.Equal((0L, (long)open), (journal.OpenIntents, journal.PendingAdvices));

        static JournalStep Largest(int number) => new() { OpenIntent = Steps.Intent(number, 1, JournalStep.BytesMax) };
    }

    [Fact]
    public async Task WriteAsync_FileAtItsBound_TurnsUnhealthyFailsFastAndRecoversWhenEventsAreRemoved()
    {
        await using var harness = new JournalHarness(options =>
        {
            options.BytesMax = 1 << 20;
            options.ReservedPagesPerIntent = 0;
        });
        var journal = harness.Journal;
        var acknowledged = 0;
        while (await journal.WriteAsync(new JournalStep { Events = [Steps.Event(acknowledged, bytes: 3_000)] })
            == JournalFault.None) acknowledged++;

        Assert.InRange(acknowledged, 100, 300);
        Assert.Equal(JournalFault.Full, journal.Health);
        Assert.Contains("full", journal.LastError, StringComparison.Ordinal);
        Assert.False(journal.CanAccept);
        var commits = harness.Commits;
        var fast = journal.WriteAsync(Steps.Open(1));
        Assert.True(fast.IsCompleted);
        // It was not tried, so recovery will not meet it.
        Assert.Equal(JournalFault.NotWritten, await fast);
        Assert.Equal(commits, harness.Commits);

        // Reading goes on, and what Kafka has acknowledged may leave; that is what makes room.
        var events = await journal.ReadOutboxAsync(0, 1_000, Cancel);
        Assert.Equal(acknowledged, events.Count);
        var healthy = harness.WaitForHealthAsync(JournalFault.None);
        Assert.Equal(JournalFault.None,
            await journal.RemovePublishedAsync([.. events.Take(50)]));
        await healthy;
        Assert.Equal("", journal.LastError);
        Assert.Equal(JournalFault.None, await journal.WriteAsync(Steps.Open(1)));
        Assert.Equal(acknowledged - 50, (await harness.ReopenAsync()).OutboxDepth);
    }

    [Fact]
    public async Task WriteAsync_ReaderHoldsASnapshot_ShedsBeforeTheLogOutgrowsItsBoundAndRecovers()
    {
        await using var harness = new JournalHarness(options =>
        {
            options.WalBytesTarget = 1 << 20;
            options.BytesMax = 8 << 20;
        });
        var journal = harness.Journal;
        var number = 0;
        await WriteAndRemoveAsync();
        using var tool = harness.OpenTool();
        JournalHarness.Execute(tool, "BEGIN; SELECT count(*) FROM outbox;");
        while (journal.CanAccept)
        {
            Assert.True(number < 20_000);
            await WriteAndRemoveAsync();
        }

        Assert.Equal(JournalFault.Full, journal.Admission);
        Assert.InRange(WalLength(), 8 << 20, 12 << 20);
        Assert.True(journal.IsHealthy);

        JournalHarness.Execute(tool, "ROLLBACK");
        while (!journal.CanAccept)
        {
            Cancel.ThrowIfCancellationRequested();
            harness.Time.Advance(harness.Options.ProbeDelayMax);
            await Task.Yield();
        }

        Assert.True(WalLength() <= 1 << 20);

        async Task WriteAndRemoveAsync()
        {
            await Task.WhenAll(Enumerable.Range(0, 20).Select(_ =>
                journal.WriteAsync(Steps.Announce(Interlocked.Increment(ref number))).AsTask()));
            var page = await journal.ReadOutboxAsync(0, 100, Cancel);
            await journal.RemovePublishedAsync(page);
        }

        long WalLength() => new FileInfo(harness.Options.Path + "-wal").Length;
    }
}
