using Switch.Settlement.Commands;
using Switch.Settlement.Tests.Consuming;
using Switch.Settlement.Tests.Store;
using Switch.Settlement.Tests.Terms;

namespace Switch.Settlement.Tests.Commands;

/// <summary>The verbs that mend the books, on a real topic and both stores.</summary>
public sealed class BooksVerbTests
{
    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Rebuild_TellsEachStepWhenItBegins(string kind)
    {
        using var topic = new TestTopic();
        using var store = TestStore.Create(kind);
        await RebuildBesideTests.SendAsync(topic, store, EventStreams.Authorized(1), EventStreams.Authorized(2));

        string[] steps =
        [
            "replaying 2 messages of ", "2 messages read", "waiting for batches that are being written",
            "alone in the store, reading 0 messages that came meanwhile",
            "comparing the books with 2 payments, 2 events and 2 entries",
            "swapping in 2 payments, 2 events and 2 entries", "checking the closed windows",
            "summing up the new books", "2 messages read; the books are identical",
        ];
        AssertLines(steps, await RunAsync(topic, store, "rebuild"));
        steps[4] = "summing up the books, to be replaced by 2 payments, 2 events and 2 entries";
        AssertLines(steps, await RunAsync(topic, store, "rebuild", "--force"));
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task DeadLettersRetry_LetterThatTheStoreRefuses_SaysWhich(string kind)
    {
        using var topic = new TestTopic();
        using var store = TestStore.Create(kind);
        PoisonedBatchTests.RefuseTerminal(store, "POISON");
        var dead = EventStreams.Authorized(1);
        dead.TerminalId = "POISON";
        await RebuildBesideTests.SendAsync(topic, store, dead);
        var place = store.Rows<string>("SELECT partition_no || ':' || partition_offset FROM dead_letter").Single();

        AssertLines(
            [$"{place} stays: can't be booked: ", "0 booked, 0 were in the books already, 1 stay dead letters"],
            await RunAsync(topic, store, "dead-letters", "retry"));
    }

    private static void AssertLines(string[] expected, string[] lines)
    {
        Assert.Equal(expected.Length, lines.Length);
        Assert.All(expected.Zip(lines), static pair => Assert.StartsWith(pair.First, pair.Second));
    }

    private static async Task<string[]> RunAsync(TestTopic topic, TestStore store, params string[] verb)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var status = await SettlementCommand.RunAsync(
            [.. verb, "--database", store.Connection, "--terms", SampleTerms.Path, "--kafka", topic.Address],
            TimeProvider.System, output, error);
        Assert.Equal((0, ""), (status, error.ToString()));
        return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
