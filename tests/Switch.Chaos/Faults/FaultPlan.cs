using Switch.Chaos.Programs;

namespace Switch.Chaos.Faults;

/// <summary>
/// What happens when, decided by the seed alone. Redis loses data only in windows in which no instance is touched,
/// unless overlapping is asked for: two copies destroyed at the same moment are outside the guarantees' conditions.
/// </summary>
internal sealed class FaultPlan
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    /// <summary>Between losing data in Redis and touching an instance, on both sides.</summary>
    private static readonly TimeSpan Apart = TimeSpan.FromSeconds(5);

    /// <summary>Stopped for so long, an instance finds its claims taken over: a sweep comes every second.</summary>
    private static readonly TimeSpan PastLease = SwitchSettings.Lease + TimeSpan.FromSeconds(1);

    /// <summary>How late a fault may come that has to wait for its turn.</summary>
    private static readonly TimeSpan LateMax = TimeSpan.FromSeconds(1);

    private static readonly (FaultKind Kind, int Weight)[] InstanceKinds =
    [
        (FaultKind.InstanceKill, 24), (FaultKind.InstanceKillAfterSend, 24), (FaultKind.InstanceKillAfterReply, 12),
        (FaultKind.InstanceKillAll, 6), (FaultKind.InstanceDiskGone, 10), (FaultKind.InstanceStop, 6),
        (FaultKind.InstanceStopAfterSend, 6), (FaultKind.InstanceStopAfterReply, 4), (FaultKind.InstanceRoll, 12),
    ];

    private static readonly (FaultKind Kind, int Weight)[] OtherKinds =
    [
        (FaultKind.LinkCut, 30), (FaultKind.LinkBlackHole, 12), (FaultKind.LinkStall, 14), (FaultKind.LinkDelay, 12),
        (FaultKind.BrokerAway, 14), (FaultKind.RedisStop, 6), (FaultKind.JournalDiskFull, 12),
    ];

    private readonly Random _random;
    private readonly TimeSpan _end;
    private readonly Func<FaultKind, bool> _can;
    private readonly bool _isDense;
    private readonly List<PlannedFault> _faults = [];
    private readonly List<(TimeSpan From, TimeSpan To)> _windows = [];

    private FaultPlan(int seed, TimeSpan end, Func<FaultKind, bool> can, bool isDense)
    {
        _random = new Random(seed);
        _end = end;
        _can = can;
        _isDense = isDense;
    }

    /// <summary>In the order of their time.</summary>
    public IReadOnlyList<PlannedFault> Faults { get; private set; } = [];

    /// <summary>Makes the plan for a run of this length.</summary>
    /// <param name="seed">Decides everything.</param>
    /// <param name="length">Of the run.</param>
    /// <param name="overlap">Redis may lose data while instances are down.</param>
    /// <param name="can">Kinds that are possible here and wanted; the others are left out.</param>
    /// <param name="isDense">Those kinds take the time of the others too; else it stays empty.</param>
    public static FaultPlan Make(
        int seed, TimeSpan length, bool overlap, Func<FaultKind, bool> can, bool isDense = false)
    {
        var plan = new FaultPlan(seed, length - TimeSpan.FromSeconds(1), can, isDense);
        if (!isDense || can(FaultKind.RedisKill) || can(FaultKind.RedisEmpty)) plan.LoseRedis(overlap);
        plan.TouchInstances();
        plan.TouchTheRest();
        plan.RestartBroker();
        plan.Faults = [.. plan._faults.Where(fault => can(fault.Kind)).OrderBy(fault => fault.At)];
        return plan;
    }

    /// <summary>Whether instances are to be left alone at this moment, or within so long after it.</summary>
    public bool ReachesRedisWindow(TimeSpan at, TimeSpan reach) =>
        _windows.Exists(window => at + reach >= window.From && at < window.To);

    private void LoseRedis(bool overlap)
    {
        for (var at = WarmUp + Seconds(4, 12); at < _end - TimeSpan.FromSeconds(3); at += Seconds(38, 46))
        {
            // Both kinds in one window, because each window is time in which nobody is killed.
            var kinds = _random.Next(2) == 0
                ? new[] { FaultKind.RedisKill, FaultKind.RedisEmpty }
                : [FaultKind.RedisEmpty, FaultKind.RedisKill];
            var second = at + Seconds(2, 3);
            Add(at, kinds[0], Seconds(0.05, 0.6));
            Add(second, kinds[1], Seconds(0.05, 0.6));
            if (!overlap) _windows.Add((at - Apart - LateMax, second + Apart));
        }
    }

    private void TouchInstances()
    {
        var turn = _random.Next();
        var kinds = ToDrawFrom(InstanceKinds);
        for (var at = WarmUp; at < _end && kinds.Length > 0; at += Seconds(0.8, 1.3))
        {
            var kind = Draw(kinds);
            var lasting = !PlannedFault.IsStop(kind) ? Seconds(0.05, 0.4)
                : _random.Next(2) == 0 ? Seconds(0.2, 2)
                : PastLease + Seconds(0, 2.5);
            var reach = PlannedFault.ReachOf(kind, lasting);
            // Stopped over the beginning of a window, an instance would be down in it.
            if (!ReachesRedisWindow(at, reach)) Add(at, kind, lasting, turn++ & int.MaxValue);
            // With stops alone all would soon stand still: somebody has to be up to take over.
            if (_isDense && PlannedFault.IsStop(kind)) at += reach;
        }
    }

    private void TouchTheRest()
    {
        var kinds = ToDrawFrom(OtherKinds);
        for (var at = WarmUp; at < _end && kinds.Length > 0; at += Seconds(0.6, 1.6))
        {
            var kind = Draw(kinds);
            var lasting = kind switch
            {
                FaultKind.BrokerAway => Seconds(0.5, 4),
                FaultKind.RedisStop => Seconds(0.1, 1.2),
                FaultKind.JournalDiskFull => Seconds(0.5, 2),
                FaultKind.LinkDelay => Seconds(0.5, 2),
                FaultKind.LinkCut => TimeSpan.Zero,
                _ => Seconds(0.3, 2.5),
            };
            Add(at, kind, lasting, _random.Next());
        }
    }

    // After all else is drawn: a plan is the same with it and without.
    private void RestartBroker()
    {
        for (var at = WarmUp + Seconds(3, 8); at < _end - TimeSpan.FromSeconds(3); at += Seconds(15, 25))
            Add(at, FaultKind.BrokerRestart, Seconds(1, 5));
    }

    private void Add(TimeSpan at, FaultKind kind, TimeSpan lasting, int target = 0) =>
        _faults.Add(new PlannedFault(at, kind, target, lasting));

    private TimeSpan Seconds(double from, double to) =>
        TimeSpan.FromSeconds(from + (_random.NextDouble() * (to - from)));

    // Not dense, what is left out leaves a gap, and the rest stays as it was: so a finding is narrowed down.
    private (FaultKind Kind, int Weight)[] ToDrawFrom((FaultKind Kind, int Weight)[] kinds) =>
        _isDense ? Array.FindAll(kinds, kind => _can(kind.Kind)) : kinds;

    private FaultKind Draw((FaultKind Kind, int Weight)[] kinds)
    {
        var draw = _random.Next(kinds.Sum(static kind => kind.Weight));
        foreach (var (kind, weight) in kinds)
        {
            if (draw < weight) return kind;
            draw -= weight;
        }

        return kinds[^1].Kind;
    }
}
