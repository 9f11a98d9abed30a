using Switch.Chaos.Faults;

namespace Switch.Chaos.Tests.Faults;

public sealed class FaultChoiceTests
{
    [Fact]
    public void LeftOut_OwnBroker_IsItsRestart()
    {
        var choice = Choice([]);
        Assert.Equal(["broker_restart"], choice.LeftOut.Keys);
        Assert.Contains("memory", choice.LeftOut["broker_restart"], StringComparison.Ordinal);
    }

    [Fact]
    public void LeftOut_NoMounting_IsTheFullDisk()
    {
        var choice = Choice([], canFillDisks: false);
        Assert.Contains("mounting", choice.LeftOut["journal_disk_full"], StringComparison.Ordinal);
        Assert.False(choice.Has(FaultKind.JournalDiskFull));
        Assert.True(choice.Has(FaultKind.InstanceKill));
    }

    [Fact]
    public void LeftOut_BrokerThatIsGiven_IsItsWireAndItsRestart()
    {
        var choice = Choice([], isBrokerOwn: false);
        Assert.Equal(["broker_away", "broker_restart"], choice.LeftOut.Keys);
        Assert.Contains("SWITCH_TEST_KAFKA_STOP", choice.LeftOut["broker_restart"], StringComparison.Ordinal);
    }

    [Fact]
    public void LeftOut_BrokerThatIsGivenWithCommands_IsItsWire()
    {
        var choice = Choice([], isBrokerOwn: false, canRestartBroker: true);
        Assert.Equal(["broker_away"], choice.LeftOut.Keys);
        Assert.True(choice.Has(FaultKind.BrokerRestart));
    }

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

    private static FaultChoice Choice(
        string[] args, bool canFillDisks = true, bool isBrokerOwn = true, bool canRestartBroker = false) =>
        new(ChaosOptions.Parse(args, out _)!, canFillDisks, isBrokerOwn, canRestartBroker);
}
