using Switch.Service.Journal;
using Switch.Testing;

namespace Switch.Service.Tests.Journal;

[Collection(nameof(DiskFaults))]
public sealed class JournalDiskTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WriteAsync_DiskRefusesWrites_FailsEveryWaiterAndRecoversByProbe(bool full)
    {
        Assert.SkipUnless(DiskFault.IsPossible, "Needs Linux.");
        await using var harness = new JournalHarness();
        var journal = harness.Journal;
        for (var i = 1; i <= 5; i++) Assert.Equal(JournalFault.None, await journal.WriteAsync(Steps.Open(i)));
        Assert.Equal(JournalFault.None, await journal.WriteAsync(Steps.Announce(6)));
        var told = Assert.Single(await journal.ReadOutboxAsync(0, 10, Cancel));
        // What is in the file already need not be read from a log that is not one for a while.
        harness.Execute("PRAGMA wal_checkpoint(PASSIVE)");

        var held = harness.HoldWriterAsync();
        var waiting = Enumerable.Range(10, 50).Select(i => journal.WriteAsync(Steps.Open(i)).AsTask()).ToArray();
        harness.Execute("PRAGMA wal_checkpoint(PASSIVE)");
        var expected = full ? JournalFault.Full : JournalFault.Failing;
        using (full ? DiskFault.Full(harness.Options.Path) : DiskFault.Unwritable(harness.Options.Path))
        {
            harness.ReleaseWriter();
            await held;
            Assert.All(await Task.WhenAll(waiting), fault => Assert.Equal(expected, fault));
            Assert.Equal(expected, journal.Health);
            Assert.NotEqual("", journal.LastError);
            var fast = journal.WriteAsync(Steps.Open(99));
            Assert.True(fast.IsCompleted);
            // Of those it is not known whether a crash would bring them back; this one was not even tried.
            Assert.Equal(JournalFault.NotWritten, await fast);

            // A probe on the bad disk changes nothing but the wait for the next. A removal waits behind it in the
            // queue, so once it is answered the probe is over.
            harness.Time.Advance(harness.Options.ProbeDelayMin);
            Assert.NotEqual(JournalFault.None, await journal.RemovePublishedAsync([told]));
            Assert.False(journal.IsHealthy);
        }

        var healthy = harness.WaitForHealthAsync(JournalFault.None);
        harness.Time.Advance(harness.Options.ProbeDelayMin / 2);
        Assert.False(healthy.IsCompleted);
        await Eventually.TrueAsync(
            () =>
            {
                harness.Time.Advance(harness.Options.ProbeDelayMax);
                return healthy.IsCompleted;
            },
            $"a probe finds the disk good: {journal.LastError}", cancellationToken: Cancel);
        Assert.Equal(JournalFault.None, await journal.WriteAsync(Steps.Close(1)));
        Assert.True(journal.CanAccept);

        // Exactly what was acknowledged is there: nothing lost, nothing of the refused.
        journal = await harness.ReopenAsync();
        var left = journal.ReadOpenIntents().Select(row => row.TransactionId);
        Assert.Equal(Enumerable.Range(2, 4).Select(Steps.Id), left);
        Assert.Equal((4L, 2L), (journal.OpenIntents, journal.OutboxDepth));
    }

    [Fact]
    public async Task Sequence_AfterAFirstCommitThatFailed_AndARestart_IsNeverUsedAgain()
    {
        Assert.SkipUnless(DiskFault.IsPossible, "Needs Linux.");
        await using var harness = new JournalHarness();
        var journal = harness.Journal;
        using (DiskFault.Unwritable(harness.Options.Path))
            Assert.Equal(JournalFault.Failing, await journal.WriteAsync(Steps.Announce(1)));
        await Eventually.TrueAsync(
            () =>
            {
                harness.Time.Advance(harness.Options.ProbeDelayMax);
                return journal.IsHealthy;
            },
            "a probe finds the disk good", cancellationToken: Cancel);
        Assert.Equal(JournalFault.None, await journal.WriteAsync(Steps.Announce(2)));
        var told = Assert.Single(await journal.ReadOutboxAsync(0, 10, Cancel));
        await journal.RemovePublishedAsync([told]);

        journal = await harness.ReopenAsync();
        await journal.WriteAsync(Steps.Announce(3));
        Assert.True(Assert.Single(await journal.ReadOutboxAsync(0, 10, Cancel)).Sequence > told.Sequence);
    }

    [Fact]
    public async Task RemovePublishedAsync_AgainAndAgainOnABadDisk_DoesNotPutOffTheProbe()
    {
        Assert.SkipUnless(DiskFault.IsPossible, "Needs Linux.");
        await using var harness = new JournalHarness();
        var journal = harness.Journal;
        await journal.WriteAsync(Steps.Announce(1));
        var healthy = Task.CompletedTask;
        using (DiskFault.Unwritable(harness.Options.Path))
        {
            Assert.Equal(JournalFault.Failing, await journal.WriteAsync(Steps.Open(2)));
            healthy = harness.WaitForHealthAsync(JournalFault.None);
            harness.Time.Advance(harness.Options.ProbeDelayMin / 2);
            for (var i = 0; i < 10; i++)
                Assert.Equal(JournalFault.Failing, await journal.RemovePublishedAsync([Steps.Told(1)]));
        }

        Assert.False(healthy.IsCompleted);
        harness.Time.Advance(harness.Options.ProbeDelayMin / 2);
        await healthy;
    }

    [Fact]
    public async Task WriteAsync_AnotherProgramHoldsTheWriteLock_FailsInBoundedTimeAndRecovers()
    {
        await using var harness = new JournalHarness();
        var journal = harness.Journal;
        await journal.WriteAsync(Steps.Open(1));
        using var tool = harness.OpenTool();
        JournalHarness.Execute(tool, "BEGIN IMMEDIATE");
        // The transaction could not even begin, so nothing of the step can survive.
        Assert.Equal(JournalFault.NotWritten, await journal.WriteAsync(Steps.Open(2)));
        Assert.Equal(JournalFault.Failing, journal.Health);
        Assert.Contains("locked", journal.LastError, StringComparison.Ordinal);
        JournalHarness.Execute(tool, "ROLLBACK");
        var healthy = harness.WaitForHealthAsync(JournalFault.None);
        harness.Time.Advance(harness.Options.ProbeDelayMax);
        await healthy;
        Assert.Equal(JournalFault.None, await journal.WriteAsync(Steps.Open(2)));
    }

    [Fact]
    public async Task DisposeAsync_WhileTheDiskIsBad_AnswersEveryoneAndEnds()
    {
        Assert.SkipUnless(DiskFault.IsPossible, "Needs Linux.");
        await using var harness = new JournalHarness();
        var journal = harness.Journal;
        await journal.WriteAsync(Steps.Open(1));
        using (DiskFault.Unwritable(harness.Options.Path))
        {
            Assert.Equal(JournalFault.Failing, await journal.WriteAsync(Steps.Open(2)));
            await harness.CloseAsync();
        }

        Assert.Equal(Steps.Id(1), Assert.Single(harness.Journal.ReadOpenIntents()).TransactionId);
    }

    [Fact]
    public async Task HealthChanged_ListenerThrows_DoesNotEndTheWriter()
    {
        await using var harness = new JournalHarness(options =>
        {
            options.BytesMax = 1 << 20;
            options.ReservedPagesPerIntent = 0;
        });
        harness.Journal.HealthChanged += (_, _) => throw new InvalidOperationException("A listener's own trouble.");
        var number = 0;
        while (await harness.Journal.WriteAsync(new JournalStep { Events = [Steps.Event(number, bytes: 3_000)] })
            == JournalFault.None) number++;
        Assert.Equal(JournalFault.Full, harness.Journal.Health);
        var page = await harness.Journal.ReadOutboxAsync(0, 100, Cancel);
        Assert.Equal(JournalFault.None, await harness.Journal.RemovePublishedAsync(page));
    }
}
