using Switch.Service.Idempotency;
using Switch.Service.Journal;

namespace Switch.Service.Tests.Journal;

/// <summary>What a process that starts makes of the outcomes of the one before it.</summary>
public sealed class UnsettledRecallTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Outcome_SettledByALaterRecordOfItsOwnClaim_ButNotByThatOfAnother(bool isSameClaim)
    {
        await using var harness = new JournalHarness();
        var mine = RecordOf(new Fence(1, 1));
        var first = new JournalStep
        {
            Outcome = new OutcomeRow(Steps.Id(1), 0, mine, IsSettled: false),
            Events = [Steps.Event(1)],
        };
        Assert.Equal(JournalFault.None, await harness.Journal.WriteAsync(first));
        var standing = isSameClaim ? mine : RecordOf(new Fence(1, 2));
        var later = new JournalStep { Outcome = new OutcomeRow(Steps.Id(1), 0, standing, IsSettled: true) };
        Assert.Equal(JournalFault.None, await harness.Journal.WriteAsync(later));
        Assert.True(harness.Journal.IsUnsettled(Steps.Id(1)));

        var journal = await harness.ReopenAsync();

        Assert.Equal(!isSameClaim, journal.IsUnsettled(Steps.Id(1)));
        if (!isSameClaim) Assert.Equal(mine, journal.FindUnsettled(Steps.Id(1))!.Record.ToArray());
    }

    [Fact]
    public async Task FullOutbox_StillTakesWhatTakesBackTheOutcomeAtItsHead()
    {
        await using var harness = new JournalHarness(options => options.OutboxRowsMax = JournalStep.EventsMax);
        var first = new JournalStep
        {
            Outcome = new OutcomeRow(Steps.Id(1), 0, RecordOf(new Fence(1, 1)), IsSettled: false),
            Events = [Steps.Event(1)],
        };
        Assert.Equal(JournalFault.None, await harness.Journal.WriteAsync(first));
        var number = 2;
        while (await harness.Journal.WriteAsync(Steps.Announce(number)) == JournalFault.None) number++;
        Assert.Equal(JournalStep.EventsMax, harness.Journal.OutboxDepth);

        var takesBack = new JournalStep
        {
            Outcome = new OutcomeRow(Steps.Id(1), 0, default, IsSettled: true),
            RemoveEvents = [Steps.Event(1).EventId],
            Events = [Steps.Event(1, "late"), Steps.Event(1, "later")],
            Advice = Steps.Advice(1),
        };

        Assert.Equal(JournalFault.None, await harness.Journal.WriteAsync(takesBack));
        Assert.Equal(JournalFault.OutboxFull, await harness.Journal.WriteAsync(Steps.Announce(number)));
    }

    private static byte[] RecordOf(Fence fence) => RecordEncoder.Final(
        new Claim(Steps.Id(1), 7, fence, 1_700_000_000_000, "alpha", "RRN000000001", default),
        new InstanceId(1, 1), new FinalAnswer(new byte[] { 1, 2, 3 }));
}
