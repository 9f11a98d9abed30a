using Switch.Service.Journal;

namespace Switch.Service.Tests.Journal;

/// <summary>What the relay reads from memory, and when only the disk knows all of it.</summary>
public sealed class OutboxTailTests
{
    [Fact]
    public void TryRead_BeforeItBegan_IsLeftToTheDisk()
    {
        var tail = new OutboxTail(capacity: 10, lastSequence: 7);
        tail.Apply(Put(8, 9));

        Assert.Null(tail.TryRead(6, 10));
        Assert.Equal([8L, 9L], Read(tail, 7));
        Assert.Equal([9L], Read(tail, 8));
        Assert.Empty(Read(tail, 9));
    }

    [Fact]
    public void TryRead_GivesAtMostWhatIsAsked_AndGoesOnBehindIt()
    {
        var tail = new OutboxTail(10, 0);
        tail.Apply(Put(1, 2, 4));

        Assert.Equal([1L, 2L], tail.TryRead(0, 2)!.Select(e => e.Sequence));
        Assert.Equal([4L], Read(tail, 2));
    }

    [Fact]
    public void Add_PastItsCapacity_ForgetsTheOldest_WhichAreThenReadFromTheDisk()
    {
        var tail = new OutboxTail(3, 0);
        tail.Apply(Put(1, 2, 3, 4, 5));

        Assert.Null(tail.TryRead(1, 10));
        Assert.Equal([3L, 4L, 5L], Read(tail, 2));
    }

    [Fact]
    public void Remove_WhatHasLeftTheOutbox_IsNotReadAgain()
    {
        var tail = new OutboxTail(10, 0);
        tail.Apply(Put(1, 2, 3, 4));
        var changes = Put(5, 6);
        foreach (var sequence in (long[])[2, 3, 99, 6]) changes.Remove(sequence);
        tail.Apply(changes);

        Assert.Equal([1L, 4L, 5L], Read(tail, 0));
    }

    [Fact]
    public async Task Journal_StepInPlaceOfAnother_IsReadUnderTheSameIds()
    {
        await using var harness = new JournalHarness();
        var cancel = TestContext.Current.CancellationToken;
        var (first, second) = (Steps.Event(1), Steps.Event(2));
        await harness.Journal.WriteAsync(new JournalStep { Events = [first, second] });
        var inPlace = new JournalStep
        {
            RemoveEvents = [first.EventId, second.EventId],
            Events = [first with { Payload = new byte[] { 7 } }],
        };

        Assert.Equal(JournalFault.None, await harness.Journal.WriteAsync(inPlace));

        var fromMemory = Assert.Single(await harness.Journal.ReadOutboxAsync(0, 10, cancel));
        Assert.Equal((first.EventId, 7), (fromMemory.EventId, fromMemory.Payload.Span[0]));
        var fromDisk = Assert.Single(await (await harness.ReopenAsync()).ReadOutboxAsync(0, 10, cancel));
        Assert.Equal(Facts(fromDisk), Facts(fromMemory));
    }

    [Fact]
    public async Task Journal_PutInAndTakenOutInOneCommit_IsInNeither()
    {
        await using var harness = new JournalHarness();
        // The first holds the writer up, so that the others share a commit.
        var writes = Enumerable.Range(1, 40).Select(Steps.Announce)
            .Append(new JournalStep { RemoveEvents = [Steps.Event(39).EventId, Steps.Event(40).EventId] })
            .Select(step => harness.Journal.WriteAsync(step).AsTask());
        Assert.All(await Task.WhenAll(writes), fault => Assert.Equal(JournalFault.None, fault));

        var read = await harness.Journal.ReadOutboxAsync(0, 100, TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(1, 38).Select(i => Steps.Event(i).EventId), read.Select(e => e.EventId));
        Assert.Equal(38, harness.Journal.OutboxDepth);
    }

    [Fact]
    public async Task Journal_ReadsTheSameFromMemoryAndFromTheDisk()
    {
        await using var harness = new JournalHarness();
        var cancel = TestContext.Current.CancellationToken;
        for (var number = 1; number <= 20; number++)
            Assert.Equal(JournalFault.None, await harness.Journal.WriteAsync(Steps.Announce(number)));
        // The second time of an event changes nothing, in memory neither.
        Assert.Equal(JournalFault.None, await harness.Journal.WriteAsync(Steps.Announce(20)));
        var removed = new JournalStep { RemoveEvents = [Steps.Event(5).EventId] };
        Assert.Equal(JournalFault.None, await harness.Journal.WriteAsync(removed));
        var fromMemory = await harness.Journal.ReadOutboxAsync(0, 100, cancel);
        await harness.Journal.RemovePublishedAsync([fromMemory[0], fromMemory[7]]);

        fromMemory = await harness.Journal.ReadOutboxAsync(0, 100, cancel);
        var fromDisk = await (await harness.ReopenAsync()).ReadOutboxAsync(0, 100, cancel);

        Assert.Equal(17, fromMemory.Count);
        Assert.Equal(fromDisk.Select(Facts), fromMemory.Select(Facts));
    }

    private static (long, string, string, string, string?, long, string) Facts(PendingEvent e) => (
        e.Sequence, e.EventId, e.PartitionKey, e.Type, e.TraceParent, e.OccurredAtMs,
        Convert.ToHexString(e.Payload.Span));

    private static IEnumerable<long> Read(OutboxTail tail, long after) =>
        tail.TryRead(after, 10)!.Select(e => e.Sequence);

    private static OutboxChanges Put(params long[] sequences)
    {
        var changes = new OutboxChanges();
        foreach (var sequence in sequences) changes.Insert(Event(sequence));
        return changes;
    }

    private static PendingEvent Event(long sequence) =>
        new(sequence, $"e{sequence}", "t", "authorized", null, 0, default);
}
