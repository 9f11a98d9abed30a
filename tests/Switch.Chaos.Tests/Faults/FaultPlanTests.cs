using Switch.Chaos.Faults;
using Switch.Chaos.Programs;

namespace Switch.Chaos.Tests.Faults;

public sealed class FaultPlanTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly FaultKind[] Kills =
    [
        FaultKind.InstanceKill, FaultKind.InstanceKillAfterSend, FaultKind.InstanceKillAfterReply,
        FaultKind.InstanceKillAll, FaultKind.InstanceDiskGone, FaultKind.RedisKill, FaultKind.RedisEmpty,
    ];

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(0, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Plan_SameSeed_IsTheSame(int seed) =>
        Assert.Equal(Make(seed).Faults, Make(seed).Faults);

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Plan_OfAMinute_KillsTwentyTimes(int seed)
    {
        var faults = Make(seed).Faults;
        Assert.InRange(faults.Count(fault => Kills.Contains(fault.Kind)), 20, 60);
        Assert.Contains(faults, fault => fault.Kind == FaultKind.RedisKill);
        Assert.Contains(faults, fault => fault.Kind == FaultKind.RedisEmpty);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Plan_RedisLosesData_NoInstanceIsTouchedNear(int seed)
    {
        var faults = Make(seed).Faults;
        var losses = faults.Where(fault => fault.Kind is FaultKind.RedisKill or FaultKind.RedisEmpty).ToList();
        var apart = TimeSpan.FromSeconds(4.9);
        var near = faults.Where(static fault => fault.IsOfInstance)
            .Where(fault => losses.Exists(loss => fault.At - loss.At < apart && loss.At - EndOf(fault) < apart));
        Assert.Empty(near);
    }

    [Fact]
    public void Plan_StopsInTheMiddleOfAPayment_MayBeginLateAndStillKeepAway()
    {
        var stop = new PlannedFault(
            TimeSpan.Zero, FaultKind.InstanceStopAfterSend, 0, TimeSpan.FromSeconds(6));
        Assert.Equal(PlannedFault.TriggerPatience + TimeSpan.FromSeconds(6), stop.Reach);
        var plan = Make(1);
        var loss = plan.Faults.First(static fault => fault.Kind is FaultKind.RedisKill or FaultKind.RedisEmpty).At;
        Assert.True(plan.ReachesRedisWindow(loss - TimeSpan.FromSeconds(12), stop.Reach));
        Assert.False(plan.ReachesRedisWindow(loss - TimeSpan.FromSeconds(12), TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void Plan_StopsInTheMiddleOfAPayment_ComeInMostMinutes()
    {
        var faults = Enumerable.Range(0, 40).SelectMany(seed => Make(seed).Faults).ToList();
        Assert.InRange(faults.Count(static fault => fault.Kind == FaultKind.InstanceStopAfterSend), 40, 160);
        Assert.InRange(faults.Count(static fault => fault.Kind == FaultKind.InstanceStopAfterReply), 25, 120);
    }

    [Fact]
    public void Plan_Overlapping_TouchesInstancesNearRedis()
    {
        var faults = FaultPlan.Make(1, Minute, overlap: true, static _ => true).Faults;
        var losses = faults.Where(fault => fault.Kind == FaultKind.RedisEmpty).ToList();
        Assert.Contains(faults, fault => fault.IsOfInstance
            && losses.Exists(loss => (loss.At - fault.At).Duration() < TimeSpan.FromSeconds(3)));
    }

    [Fact]
    public void Plan_KindsThatAreNotPossible_AreLeftOutAndTheRestStays()
    {
        var all = Make(7).Faults;
        var some = FaultPlan.Make(7, Minute, overlap: false, static kind => kind != FaultKind.JournalDiskFull).Faults;
        Assert.Equal(all.Where(fault => fault.Kind != FaultKind.JournalDiskFull), some);
    }

    [Theory]
    [InlineData(nameof(FaultKind.InstanceStop))]
    [InlineData(nameof(FaultKind.InstanceStopAfterSend))]
    [InlineData(nameof(FaultKind.InstanceStopAfterReply))]
    public void Plan_Stops_OutlastTheLeaseHalfOfTheTime(string kind)
    {
        var stops = Enumerable.Range(0, 400).SelectMany(seed => Make(seed).Faults)
            .Where(fault => fault.Kind.ToString() == kind).ToList();
        // A sweep comes a second after the lease at most.
        var outlasting = stops.Count(static stop => stop.Lasting >= SwitchSettings.Lease + TimeSpan.FromSeconds(1));
        // A little less than half: the long ones reach more often into a window in which Redis loses data.
        Assert.InRange(outlasting / (double)stops.Count, 0.38, 0.55);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Plan_Dense_KindsThatAreLeftTakeTheTimeOfTheOthers(int seed)
    {
        var faults = Dense(seed, FaultKind.InstanceKill, FaultKind.LinkDelay).Faults;
        Assert.All(faults, static fault => Assert.True(fault.Kind is FaultKind.InstanceKill or FaultKind.LinkDelay));
        Assert.True(faults.Count(static fault => fault.Kind == FaultKind.InstanceKill) > 40);
        Assert.True(faults.Count(static fault => fault.Kind == FaultKind.LinkDelay) > 40);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Plan_DenseStops_TakeTurns(int seed)
    {
        var stops = Dense(seed, FaultKind.InstanceStop, FaultKind.InstanceStopAfterSend).Faults;
        Assert.True(stops.Count > 7);
        Assert.All(stops.Zip(stops.Skip(1)), static pair => Assert.True(EndOf(pair.First) < pair.Second.At));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Plan_BrokerCanBeRestarted_IsTwiceAMinuteAndTheRestStays(int seed)
    {
        var faults = Make(seed).Faults;
        var restarts = faults.Where(static fault => fault.Kind == FaultKind.BrokerRestart).ToList();
        Assert.InRange(restarts.Count, 2, 4);
        Assert.All(restarts, static fault => Assert.InRange(fault.Lasting.TotalSeconds, 1, 5));
        var without = FaultPlan.Make(seed, Minute, overlap: false, static kind => kind != FaultKind.BrokerRestart);
        Assert.Equal(faults.Except(restarts), without.Faults);
    }

    [Fact]
    public void Name_OfAKind_IsWordsWithUnderscores() =>
        Assert.Equal("instance_kill_after_send", FaultLog.Name(FaultKind.InstanceKillAfterSend));

    private static TimeSpan EndOf(PlannedFault fault) => fault.At + fault.Reach;

    private static FaultPlan Dense(int seed, params FaultKind[] kinds) =>
        FaultPlan.Make(seed, Minute, overlap: false, kinds.Contains, isDense: true);

    private static FaultPlan Make(int seed) => FaultPlan.Make(seed, Minute, overlap: false, static _ => true);
}
