using Switch.Service.Acquirers;
using Switch.Service.Advices;
using Switch.Service.Journal;

namespace Switch.Service.Tests.Advices;

/// <summary>Order within an original, independence across them, and the window of a link (S6).</summary>
public sealed class AdviceBookTests
{
    private const int Window = 2;
    private static readonly TimeSpan Now = TimeSpan.FromSeconds(10);
    private readonly AdviceBook _book = new(name => new AdviceLane(
        name, acquirer: null, new AcquirerOptions { Advices = new AdviceOptions { Window = Window } }));

    [Fact]
    public void S6_OneOriginal_TheSecondWaitsForTheFirst()
    {
        _book.Add(Row(1, "t1"), Now);
        _book.Add(Row(2, "t1"), Now);

        var first = Assert.Single(TakeDue());
        _book.Postpone(first, Now);
        Assert.Same(first, Assert.Single(TakeDue()));
        _book.Remove(first, Now);

        Assert.Equal(2, Assert.Single(TakeDue()).Sequence);
    }

    [Fact]
    public void S6_AParkedAdvice_HoldsBackItsOwnOriginalOnly()
    {
        _book.Add(Row(1, "t1"), Now);
        _book.Add(Row(2, "t1"), Now);
        _book.Add(Row(3, "t2"), Now);

        var taken = TakeDue();
        _book.Park(taken[0], Now);
        _book.Remove(taken[1], Now);

        Assert.Equal([1L, 3L], taken.Select(entry => entry.Sequence));
        Assert.Empty(TakeDue());
        Assert.Equal((1, 1), _book.Count);
        var parked = _book.TakeParked("a1.x")!;
        Assert.Null(_book.TakeParked("a1.x"));
        _book.CloseParked(parked, Now);
        Assert.Equal(2, Assert.Single(TakeDue()).Sequence);
    }

    [Fact]
    public void S6_TwoAttemptsOfATransaction_DoNotWaitForEachOther()
    {
        _book.Add(Row(1, "t1", "alpha", "x") with { State = AdviceStates.Parked }, Now);

        Assert.Null(_book.Add(Row(2, "t1", "beta", "y"), Now));

        Assert.Equal(2, Assert.Single(TakeDue()).Sequence);
    }

    [Theory]
    [InlineData(AdviceStates.Parked)]
    [InlineData(AdviceStates.Pending)]
    public void ReplacedAdvice_HoldsBackNothing_AndIsNotCounted(string state)
    {
        var later = Now + TimeSpan.FromMinutes(5);
        _book.Add(Row(1, "t1") with { State = state }, later);
        var earlier = _book.Add(Row(2, "t1"), Now);
        Assert.Empty(TakeDue());

        _book.DropReplaced(earlier!, Now);

        Assert.Equal(2, Assert.Single(TakeDue()).Sequence);
        Assert.Empty(TakeDue(later));
        Assert.Equal((1, 0), _book.Count);
        Assert.Empty(_book.Parked(0, 10));
    }

    [Fact]
    public void ReplacedAdvice_ThatIsUnderWay_IsLeftToWhomItWasGiven()
    {
        _book.Add(Row(1, "t1"), Now);
        var taken = Assert.Single(TakeDue());
        _book.DropReplaced(_book.Add(Row(2, "t1"), Now)!, Now);
        Assert.Empty(TakeDue());

        _book.Remove(taken, Now);

        Assert.Equal(2, Assert.Single(TakeDue()).Sequence);
    }

    [Fact]
    public void ReplacedAdvice_ThatAPersonDecidesAbout_IsGoneWhenItIsGivenBack()
    {
        _book.Add(Row(1, "t1") with { State = AdviceStates.Parked }, Now);
        var parked = _book.TakeParked("a1.x")!;
        _book.DropReplaced(_book.Add(Row(2, "t1"), Now)!, Now);
        Assert.Empty(TakeDue());

        _book.KeepParked(parked, Now);

        Assert.Equal(2, Assert.Single(TakeDue()).Sequence);
        Assert.Equal((1, 0), _book.Count);
    }

    [Fact]
    public void ReplacedAdvice_ThatIsParkedInTheSameMoment_HoldsBackNothing()
    {
        _book.Add(Row(1, "t1"), Now);
        var taken = Assert.Single(TakeDue());
        _book.DropReplaced(_book.Add(Row(2, "t1"), Now)!, Now);

        _book.Park(taken, Now);

        Assert.Equal(2, Assert.Single(TakeDue()).Sequence);
        Assert.Equal((1, 0), _book.Count);
    }

    [Fact]
    public void RowReadAgain_SaysAgainWhatItWaitsFor()
    {
        _book.Add(Row(1, "t1") with { State = AdviceStates.Parked }, Now);
        var first = _book.Add(Row(2, "t1"), Now);

        Assert.Same(first, _book.Add(Row(2, "t1"), Now));
        Assert.Null(_book.Add(Row(1, "t1"), Now));
    }

    [Fact]
    public void S6_Window_IsKeptPerLink()
    {
        for (var i = 1; i <= 4; i++) _book.Add(Row(i, $"t{i}"), Now);
        for (var i = 5; i <= 8; i++) _book.Add(Row(i, $"t{i}", "beta"), Now);

        var taken = TakeDue();

        Assert.Equal(Window * 2, taken.Count);
        Assert.Empty(TakeDue());
        Assert.Null(_book.NextDue());
        _book.Remove(taken[0], Now);
        Assert.Equal(3, Assert.Single(TakeDue()).Sequence);
    }

    [Fact]
    public void NotYetDue_IsNotTaken_AndNextDueSaysWhen()
    {
        var later = Now + TimeSpan.FromSeconds(5);
        _book.Add(Row(1, "t1"), later);

        Assert.Empty(TakeDue());
        Assert.Equal(later, _book.NextDue());
        Assert.Single(TakeDue(later));
    }

    [Fact]
    public void Resume_IsDueNow_AndIsStillARepeat()
    {
        _book.Add(Row(1, "t1") with { State = AdviceStates.Parked, Tries = 20 }, Now);
        Assert.Empty(TakeDue());
        Assert.Equal([(1L, "a1.x")], _book.Parked(0, 10));

        _book.Resume(_book.TakeParked("a1.x")!, tries: 1, Now);

        var entry = Assert.Single(TakeDue());
        Assert.Equal((1, true, false), (entry.Tries, entry.IsMarked, entry.IsParked));
        Assert.Empty(_book.Parked(0, 10));
    }

    [Fact]
    public void SameAdviceOwedAgain_BeforeItsFirstWasForgotten_IsKept()
    {
        _book.Add(Row(1, "t1"), Now);
        var first = Assert.Single(TakeDue());
        _book.Add(Row(2, "t1") with { AdviceId = "a1.x" }, Now);
        _book.Remove(first, Now);

        Assert.Equal(("a1.x", 2), (Assert.Single(TakeDue()) is var e ? e.Id : "", e.Sequence));
    }

    [Fact]
    public void OldestMs_IsThatOfTheOldestUnacknowledged_ParkedOnesIncluded()
    {
        Assert.Null(_book.OldestMs);
        _book.Add(Row(1, "t1") with { State = AdviceStates.Parked }, Now);
        _book.Add(Row(2, "t2"), Now);
        Assert.Equal(1001, _book.OldestMs);
        _book.CloseParked(_book.TakeParked("a1.x")!, Now);
        Assert.Equal(1002, _book.OldestMs);
    }

    private List<AdviceEntry> TakeDue(TimeSpan? now = null)
    {
        var due = new List<AdviceEntry>();
        _book.TakeDue(now ?? Now, due);
        return due;
    }

    private static AdviceRow Row(
        int sequence, string transactionId, string acquirer = "alpha", string attempt = "x") => new(
            $"a{sequence}.{attempt}", transactionId, acquirer, AdviceKinds.Reversal, AdviceStates.Pending, "RRN",
            1000 + sequence, 0, default, Sequence: sequence);
}
