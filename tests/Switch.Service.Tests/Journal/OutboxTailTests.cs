using Switch.Service.Journal;

namespace Switch.Service.Tests.Journal;

/// <summary>What the relay reads from memory, and when only the disk knows all of it.</summary>
public sealed class OutboxTailTests
{
    [Fact]
    public void TryRead_BeforeItBegan_IsLeftToTheDisk()
    {
        var tail = new OutboxTail(capacity: 10, lastSequence: 7);
        tail.Add([Event(8), Event(9)]);

        Assert.Null(tail.TryRead(6, 10));
        Assert.Equal([8L, 9L], Read(tail, 7));
        Assert.Equal([9L], Read(tail, 8));
        Assert.Empty(Read(tail, 9));
    }

    [Fact]
    public void TryRead_GivesAtMostWhatIsAsked_AndGoesOnBehindIt()
    {
        var tail = new OutboxTail(10, 0);
        tail.Add([Event(1), Event(2), Event(4)]);

        Assert.Equal([1L, 2L], tail.TryRead(0, 2)!.Select(e => e.Sequence));
        Assert.Equal([4L], Read(tail, 2));
    }

    [Fact]
    public void Add_PastItsCapacity_ForgetsTheOldest_WhichAreThenReadFromTheDisk()
    {
        var tail = new OutboxTail(3, 0);
        tail.Add([Event(1), Event(2), Event(3), Event(4), Event(5)]);

        Assert.Null(tail.TryRead(1, 10));
        Assert.Equal([3L, 4L, 5L], Read(tail, 2));
    }

    [Fact]
    public void Remove_WhatHasLeftTheOutbox_IsNotReadAgain()
    {
        var tail = new OutboxTail(10, 0);
        tail.Add([Event(1), Event(2), Event(3), Event(4)]);
        tail.Remove([2L, 3L, 99L]);
        tail.Remove(["e4", "unknown"]);

        Assert.Equal([1L], Read(tail, 0));
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
        await harness.Journal.RemovePublishedAsync([fromMemory[0].Sequence, fromMemory[7].Sequence]);

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

    private static PendingEvent Event(long sequence) =>
        new(sequence, $"e{sequence}", "t", "authorized", null, 0, default);
}
