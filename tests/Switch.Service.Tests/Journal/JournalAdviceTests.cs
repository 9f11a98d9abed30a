using Switch.Service.Journal;

namespace Switch.Service.Tests.Journal;

/// <summary>How an advice changes and ends: always together with the event that says so.</summary>
public sealed class JournalAdviceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CloseAdvice_RemovesTheRow_WritesTheEvent_AndFreesThePlace()
    {
        await using var harness = new JournalHarness(options => options.AdviceRowsMax = 2);
        var journal = harness.Journal;
        foreach (var number in (int[])[1, 2]) await Ok(journal.WriteAsync(Owe(number)));
        Assert.Equal(JournalFault.AdvicesFull, await journal.WriteAsync(Owe(3)));

        await Ok(journal.WriteAsync(Close(1)));

        Assert.Equal((1L, 1L), (journal.PendingAdvices, journal.OutboxDepth));
        Assert.Null(await journal.FindAdviceAsync(IdOf(1), Cancel));
        await Ok(journal.WriteAsync(Owe(3)));
        var again = await harness.ReopenAsync();
        Assert.Equal((2L, 1L), (again.PendingAdvices, again.OutboxDepth));
        Assert.Equal([IdOf(2), IdOf(3)], again.ReadAdvices().Select(row => row.AdviceId));
    }

    [Fact]
    public async Task UpdateAdvice_IsDurable_AndKeepsTheRest()
    {
        await using var harness = new JournalHarness();
        await Ok(harness.Journal.WriteAsync(Owe(1)));
        await Ok(harness.Journal.WriteAsync(new JournalStep
        {
            UpdateAdvice = new AdviceUpdate(IdOf(1), "parked", 7, 1_769_856_999_000, "code 05"),
            Events = [Steps.Event(1, "reversal_parked")],
        }));

        var row = await (await harness.ReopenAsync()).FindAdviceAsync(IdOf(1), Cancel);

        Assert.Equal(
            Steps.Advice(1) with
            {
                State = "parked",
                Tries = 7,
                NextAttemptAtMs = 1_769_856_999_000,
                Reason = "code 05",
                Sequence = 1,
                Detail = default,
            },
            row! with { Detail = default });
        Assert.Equal(Steps.Advice(1).Detail.ToArray(), row.Detail.ToArray());
    }

    [Fact]
    public async Task ChangeOfAnAdviceThatIsGone_IsToldSo_AndWritesNoEvent()
    {
        await using var harness = new JournalHarness();
        var journal = harness.Journal;
        await Ok(journal.WriteAsync(Owe(1)));
        await Ok(journal.WriteAsync(Close(1)));

        Assert.Equal(JournalFault.NotFound, await journal.WriteAsync(Close(1)));
        Assert.Equal(JournalFault.NotFound, await journal.WriteAsync(
            new JournalStep { UpdateAdvice = new AdviceUpdate(IdOf(1), "pending", 2, 0, "") }));

        Assert.Equal((0L, 1L), (journal.PendingAdvices, journal.OutboxDepth));
        Assert.True(journal.IsHealthy);
    }

    [Fact]
    public async Task CloseAdvice_OutboxFull_IsRefusedWhole_AndSucceedsWhenThereIsRoom()
    {
        await using var harness = new JournalHarness(options => options.OutboxRowsMax = 4);
        var journal = harness.Journal;
        await Ok(journal.WriteAsync(Owe(1)));
        for (var i = 10; i < 14; i++) await Ok(journal.WriteAsync(Steps.Announce(i)));

        Assert.Equal(JournalFault.OutboxFull, await journal.WriteAsync(Close(1)));
        Assert.Equal(IdOf(1), Assert.Single(journal.ReadAdvices()).AdviceId);

        var events = await journal.ReadOutboxAsync(0, 1, Cancel);
        await Ok(journal.RemovePublishedAsync([events[0]]));
        await Ok(journal.WriteAsync(Close(1)));
        Assert.Equal((0L, 4L), (journal.PendingAdvices, journal.OutboxDepth));
    }

    [Fact]
    public async Task FileFullOfAdvices_StillLetsGoOfThem()
    {
        await using var harness = new JournalHarness(options => options.BytesMax = 1 << 20);
        var journal = harness.Journal;
        var advices = 0;
        while (await journal.WriteAsync(Steps.Open(advices + 1)) == JournalFault.None)
        {
            advices++;
            await Ok(journal.WriteAsync(Steps.CloseLargest(advices)));
            var events = await journal.ReadOutboxAsync(0, 100, Cancel);
            await Ok(journal.RemovePublishedAsync(events));
        }

        Assert.Equal((long)advices, journal.PendingAdvices);
        for (var number = 1; number <= advices; number++)
        {
            await Ok(journal.WriteAsync(Close(number)));
            var events = await journal.ReadOutboxAsync(0, 100, Cancel);
            await Ok(journal.RemovePublishedAsync(events));
        }

        Assert.Equal(0, journal.PendingAdvices);
        await Ok(journal.WriteAsync(Steps.Open(advices + 1)));
    }

    [Fact]
    public async Task WaitForAdvices_EndsForEachThatIsAdded_AndTheReaderGoesOnWhereItWas()
    {
        await using var harness = new JournalHarness();
        var journal = harness.Journal;
        await Ok(journal.WriteAsync(Owe(1)));
        await journal.WaitForAdvicesAsync(Cancel);
        var first = await journal.ReadAdvicesAsync(0, 10, Cancel);
        var waiting = journal.WaitForAdvicesAsync(Cancel).AsTask();
        await Ok(journal.WriteAsync(Steps.Announce(9)));
        Assert.False(waiting.IsCompleted);

        await Ok(journal.WriteAsync(Owe(2)));
        await waiting;

        var second = await journal.ReadAdvicesAsync(first[^1].Sequence, 10, Cancel);
        Assert.Equal((IdOf(1), IdOf(2)), (Assert.Single(first).AdviceId, Assert.Single(second).AdviceId));
    }

    [Fact]
    public async Task StepThatChangesAnAdviceAndMore_IsRefused()
    {
        await using var harness = new JournalHarness();
        var update = new AdviceUpdate(IdOf(1), "pending", 1, 0, "");
        JournalStep[] steps =
        [
            new() { CloseAdvice = IdOf(1), CloseIntent = Steps.Id(1) },
            new() { CloseAdvice = IdOf(1), OpenIntent = Steps.Intent(1) },
            new() { CloseAdvice = IdOf(1), Advice = Steps.Advice(1) },
            new() { CloseAdvice = IdOf(1), UpdateAdvice = update },
            new() { UpdateAdvice = update with { Reason = new string('r', JournalStep.TextMax + 1) } },
        ];
        foreach (var step in steps) Assert.Equal(JournalFault.Refused, await harness.Journal.WriteAsync(step));
    }

    private static string IdOf(int number) => Steps.Advice(number).AdviceId;

    private static JournalStep Owe(int number) => new() { Advice = Steps.Advice(number) };

    private static JournalStep Close(int number) =>
        new() { CloseAdvice = IdOf(number), Events = [Steps.Event(number, "reversal_acknowledged")] };

    private static async Task Ok(ValueTask<JournalFault> write) => Assert.Equal(JournalFault.None, await write);
}
