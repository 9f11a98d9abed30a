using Switch.Service.Journal;

namespace Switch.Service.Tests.Journal;

/// <summary>The note of the outcomes that are known to stand: a start looks up only what comes after it.</summary>
public sealed class SettledNoteTests
{
    [Fact]
    public async Task Settled_IsNotedByACleanStop()
    {
        await using var harness = new JournalHarness();
        var outcome = new OutcomeRow(Steps.Id(1), 0, Steps.Bytes(1, 50));
        Assert.Equal(JournalFault.None, await harness.Journal.WriteAsync(new JournalStep { Outcome = outcome }));
        harness.Journal.Settle(Steps.Id(1));

        Assert.Empty((await harness.ReopenAsync()).UnsettledTransactions());
        using var tool = harness.OpenTool();
        Assert.Equal("1", JournalFile.Note(tool, JournalUpkeep.SettledNote));
    }
}
