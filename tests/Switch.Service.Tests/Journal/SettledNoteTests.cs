using Switch.Service.Journal;

namespace Switch.Service.Tests.Journal;

/// <summary>The note of the outcomes that are known to stand, behind which a start looks at all.</summary>
public sealed class SettledNoteTests
{
    private static readonly TimeSpan NoteInterval = TimeSpan.FromMilliseconds(250);

    [Fact]
    public async Task Settled_IsNotedWithACommit_FourTimesASecondAtMost()
    {
        await using var harness = new JournalHarness();
        await WriteAsync(harness, 1);
        Assert.Equal("1", Noted(harness));
        await WriteAsync(harness, 2);
        harness.Time.Advance(NoteInterval - TimeSpan.FromMilliseconds(1));
        await WriteAsync(harness, 3);
        Assert.Equal("1", Noted(harness));
        harness.Time.Advance(TimeSpan.FromMilliseconds(1));
        await WriteAsync(harness, 4);
        Assert.Equal("4", Noted(harness));
    }

    [Fact]
    public async Task SequenceNotedAsSettled_WhoseRecordIsForgotten_IsNotGivenAgainAfterARestart()
    {
        await using var harness = new JournalHarness();
        for (var i = 1; i <= 4; i++) await WriteAsync(harness, i);
        harness.Time.Advance(harness.Options.OutcomeRetention + NoteInterval);
        await harness.Journal.WriteAsync(Steps.Open(9));
        Assert.Empty((await harness.ReopenAsync()).ReadOutcomes(long.MaxValue, 10));
        Assert.Equal("4", Noted(harness));

        // All is settled, and noted; then one more comes before the next note.
        await WriteAsync(harness, 5, isSettled: false);
        harness.Journal.Settle(Steps.Id(5));
        harness.Time.Advance(NoteInterval);
        await WriteAsync(harness, 6);
        await WriteAsync(harness, 7, isSettled: false);
        Assert.Equal([Steps.Id(7)], (await harness.ReopenAsync()).UnsettledTransactions());
    }

    private static async Task WriteAsync(JournalHarness harness, int number, bool isSettled = true)
    {
        var at = harness.Time.GetUtcNow().ToUnixTimeMilliseconds();
        var outcome = new OutcomeRow(Steps.Id(number), at, Steps.Bytes(number, 50), isSettled);
        Assert.Equal(JournalFault.None, await harness.Journal.WriteAsync(new JournalStep { Outcome = outcome }));
    }

    private static string? Noted(JournalHarness harness)
    {
        using var tool = harness.OpenTool();
        return JournalFile.Note(tool, JournalUpkeep.SettledNote);
    }
}
