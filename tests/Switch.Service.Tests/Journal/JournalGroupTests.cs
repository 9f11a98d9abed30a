using Switch.Service.Journal;

namespace Switch.Service.Tests.Journal;

public sealed class JournalGroupTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WriteAsync_ManyWaiting_CommitAsOne()
    {
        await using var harness = new JournalHarness();
        var held = harness.HoldWriterAsync();
        var before = harness.Commits;
        var writes = Enumerable.Range(1, 500).Select(i => harness.Journal.WriteAsync(Steps.Open(i)).AsTask()).ToArray();
        Assert.All(writes, write => Assert.False(write.IsCompleted));
        harness.ReleaseWriter();
        Assert.All(await Task.WhenAll(writes), fault => Assert.Equal(JournalFault.None, fault));
        await held;
        Assert.Equal(before + 1, harness.Commits);
    }

    [Fact]
    public async Task WriteAsync_ConcurrentCallers_ShareCommits()
    {
        await using var harness = new JournalHarness();
        const int Callers = 64, Each = 50;
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(
            async () =>
            {
                for (var number = caller * Each; number < (caller + 1) * Each; number++)
                    Assert.Equal(JournalFault.None, await harness.Journal.WriteAsync(Steps.Announce(number)));
            },
            Cancel)));
        Assert.Equal(Callers * Each, harness.Journal.OutboxDepth);
        Assert.InRange(harness.Commits, 1, Callers * Each / 2);
    }

    [Fact]
    public async Task WriteAsync_GroupMaxReached_TakesTheRestInTheNextCommit()
    {
        await using var harness = new JournalHarness(options => options.GroupMax = 10);
        var held = harness.HoldWriterAsync();
        var before = harness.Commits;
        var writes = Enumerable.Range(1, 35).Select(i => harness.Journal.WriteAsync(Steps.Open(i)).AsTask()).ToArray();
        harness.ReleaseWriter();
        await Task.WhenAll(writes);
        await held;
        Assert.Equal(before + 4, harness.Commits);
    }

    [Fact]
    public async Task WriteAsync_QueueFull_IsBusyAtOnce()
    {
        await using var harness = new JournalHarness(options => options.QueueMax = 5);
        var held = harness.HoldWriterAsync();
        var waiting = Enumerable.Range(1, 5).Select(i => harness.Journal.WriteAsync(Steps.Open(i)).AsTask()).ToArray();
        var refused = harness.Journal.WriteAsync(Steps.Open(6));
        Assert.True(refused.IsCompleted);
        Assert.Equal(JournalFault.Busy, await refused);
        harness.ReleaseWriter();
        Assert.All(await Task.WhenAll(waiting), fault => Assert.Equal(JournalFault.None, fault));
        await held;
        Assert.Equal(5, harness.Journal.OpenIntents);
        Assert.Equal(JournalFault.None, await harness.Journal.WriteAsync(Steps.Open(6)));
    }

    [Fact]
    public async Task WriteAsync_PoisonedStepInAGroup_FailsAloneAndWhole()
    {
        await using var harness = new JournalHarness();
        Assert.Equal(JournalFault.None, await harness.Journal.WriteAsync(Steps.Open(3)));
        harness.Execute(
            """
            CREATE TRIGGER poison BEFORE INSERT ON advice WHEN NEW.kind = 'poison'
            BEGIN SELECT RAISE(ABORT, 'refused by the test'); END
            """);
        var poisoned = new JournalStep
        {
            CloseIntent = Steps.Id(3),
            Events = [Steps.Event(3)],
            Advice = Steps.Advice(3) with { Kind = "poison" },
        };

        var held = harness.HoldWriterAsync();
        var before = harness.Commits;
        var writes = Enumerable.Range(10, 20)
            .Select(i => harness.Journal.WriteAsync(i == 15 ? poisoned : Steps.Announce(i)).AsTask()).ToArray();
        harness.ReleaseWriter();
        var faults = await Task.WhenAll(writes);
        await held;

        Assert.Equal(JournalFault.Refused, faults[5]);
        Assert.Equal(19, faults.Count(fault => fault == JournalFault.None));
        Assert.Equal(before + 1, harness.Commits);
        Assert.True(harness.Journal.IsHealthy);
        // Nothing of the poisoned step is there: its intent is open still, its event was never written.
        var journal = await harness.ReopenAsync();
        Assert.Equal(Steps.Id(3), Assert.Single(journal.ReadOpenIntents()).TransactionId);
        Assert.Equal((19L, 1L, 0L), (journal.OutboxDepth, journal.OpenIntents, journal.PendingAdvices));
        Assert.DoesNotContain(await journal.ReadOutboxAsync(0, 100, Cancel), e => e.PartitionKey == Steps.Id(3));
    }

    [Fact]
    public async Task WriteAsync_StepBeyondTheBounds_IsRefusedBeforeItJoinsAGroup()
    {
        await using var harness = new JournalHarness();
        JournalStep[] steps =
        [
            new() { OpenIntent = Steps.Intent(1, bytes: JournalStep.BytesMax + 1) },
            new() { OpenIntent = Steps.Intent(1) with { Rrn = null! } },
            new() { OpenIntent = Steps.Intent(1), CloseIntent = Steps.Id(1) },
            new() { CloseIntent = "" },
            new() { Events = [Steps.Event(1, bytes: JournalStep.BytesMax + 1)] },
            new() { Events = [Steps.Event(1, trace: new string('0', JournalStep.TextMax + 1))] },
            new() { Events = [Steps.Event(1) with { Type = new string('t', JournalStep.TextMax + 1) }] },
            new() { Events = [.. Enumerable.Range(0, JournalStep.EventsMax + 1).Select(i => Steps.Event(i))] },
            new() { Advice = Steps.Advice(1, JournalStep.BytesMax + 1) },
            new() { Advice = Steps.Advice(1) with { State = null! } },
        ];
        foreach (var step in steps)
        {
            var write = harness.Journal.WriteAsync(step);
            Assert.True(write.IsCompleted);
            Assert.Equal(JournalFault.Refused, await write);
        }

        Assert.Equal(0, harness.Commits);
    }

    [Fact]
    public async Task Metrics_AfterWrites_TellLagAndOpenIntents()
    {
        await using var harness = new JournalHarness();
        await harness.Journal.WriteAsync(Steps.Open(1));
        await harness.Journal.WriteAsync(Steps.Announce(2));
        await harness.Journal.WriteAsync(Steps.Announce(3));
        Assert.Equal(2, harness.Gauge("cardswitch.outbox.lag"));
        Assert.Equal(1, harness.Gauge("cardswitch.journal.open_intents"));
        Assert.Equal(3, harness.Commits);
    }
}
