using Switch.Service.Journal;

namespace Switch.Service.Tests.Journal;

/// <summary>What wakes the relay that waits for one outcome, and what does not.</summary>
public sealed class UnsettledWaitTests
{
    private readonly UnsettledOutcomes _outcomes = new();

    public UnsettledWaitTests()
    {
        for (var i = 1; i <= 3; i++) _outcomes.Add(Steps.Id(i), i);
    }

    [Fact]
    public async Task WhenSettled_AnotherIsSettled_WaitsOn()
    {
        var waiting = _outcomes.WhenSettledAsync(Steps.Id(1), 0);
        _outcomes.Settle(Steps.Id(2));
        Assert.False(waiting.IsCompleted);
        _outcomes.Settle(Steps.Id(1));
        await waiting;
        Assert.True(_outcomes.WhenSettledAsync(Steps.Id(1), 0).IsCompleted);
    }

    [Fact]
    public async Task WhenSettled_AnythingIsSuperseded_Ends()
    {
        var waiting = _outcomes.WhenSettledAsync(Steps.Id(1), 0);
        _outcomes.Supersede(Steps.Id(3));
        await waiting;
        Assert.True(_outcomes.Contains(Steps.Id(1)));
        Assert.True(_outcomes.WhenSettledAsync(Steps.Id(1), 0).IsCompleted);
        Assert.False(_outcomes.WhenSettledAsync(Steps.Id(1), 1).IsCompleted);
    }

    [Fact]
    public async Task WhenSettled_ItsCommitFails_Ends_UnlessAnEarlierOutcomeStands()
    {
        var earlier = _outcomes.Add(Steps.Id(1), 4);
        var waiting = _outcomes.WhenSettledAsync(Steps.Id(1), 0);
        _outcomes.Undo(Steps.Id(1), earlier);
        Assert.False(waiting.IsCompleted);
        _outcomes.Undo(Steps.Id(1), null);
        await waiting;
    }
}
