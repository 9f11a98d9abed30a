using Switch.Chaos.Faults;

namespace Switch.Chaos.Tests.Faults;

public sealed class FaultChoiceTests
{
    [Fact]
    public void LeftOut_AllIsPossible_IsNothing() => Assert.Empty(Choice([]).LeftOut);

    [Fact]
    public void LeftOut_NoMounting_IsTheFullDisk()
    {
        var choice = Choice([], canFillDisks: false);
        Assert.Equal(["journal_disk_full"], choice.LeftOut.Keys);
        Assert.Contains("mounting", choice.LeftOut["journal_disk_full"], StringComparison.Ordinal);
        Assert.False(choice.Has(FaultKind.JournalDiskFull));
        Assert.True(choice.Has(FaultKind.InstanceKill));
    }

    [Fact]
    public void LeftOut_AnothersBroker_IsItsWire() =>
        Assert.Contains("broker_away", Choice([], isBrokerOwn: false).LeftOut.Keys);

    [Fact]
    public void LeftOut_Only_IsAllElse()
    {
        var choice = Choice(["--only", "instance_kill,link_cut"]);
        Assert.Equal([FaultKind.InstanceKill, FaultKind.LinkCut], Enum.GetValues<FaultKind>().Where(choice.Has));
        Assert.Equal("not in --only", choice.LeftOut["redis_kill"]);
    }

    [Fact]
    public void LeftOut_NoFaults_IsAll()
    {
        var choice = Choice(["--no-faults"]);
        Assert.Equal(Enum.GetValues<FaultKind>().Length, choice.LeftOut.Count);
    }

    private static FaultChoice Choice(string[] args, bool canFillDisks = true, bool isBrokerOwn = true) =>
        new(ChaosOptions.Parse(args, out _)!, canFillDisks, isBrokerOwn);
}
