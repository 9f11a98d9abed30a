using Switch.Service.Journal;

namespace Switch.Service.Tests.Journal;

public sealed class UnsettledUndoTests
{
    [Fact]
    public void Undo_OfAnOutcomeInPlaceOfAnother_LeavesTheEarlierUnsettled()
    {
        var unsettled = new UnsettledOutcomes();
        Assert.Null(unsettled.Add("a", 5));
        Assert.Equal(5, unsettled.Add("a", 9));
        Assert.Equal(8, unsettled.SettledThrough);

        unsettled.Undo("a", 5);

        Assert.Equal(5, unsettled.Find("a"));
        Assert.Equal(4, unsettled.SettledThrough);
        Assert.True(unsettled.Contains("a"));
    }

    [Fact]
    public void Undo_OfAFirstOutcome_LeavesNone()
    {
        var unsettled = new UnsettledOutcomes();
        unsettled.Add("a", 5);

        unsettled.Undo("a", null);

        Assert.False(unsettled.Contains("a"));
        Assert.Equal(5, unsettled.SettledThrough);
    }
}
