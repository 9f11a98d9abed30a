namespace Switch.Chaos.Faults;

/// <summary>What the plan does to the system; acquirers' own faults are in their scenario.</summary>
internal enum FaultKind
{
    /// <summary>SIGKILL of an instance at a random moment.</summary>
    InstanceKill,

    /// <summary>SIGKILL right after a request went to an acquirer.</summary>
    InstanceKillAfterSend,

    /// <summary>SIGKILL right after an acquirer's answer reached the instance.</summary>
    InstanceKillAfterReply,

    /// <summary>SIGKILL of all instances at once.</summary>
    InstanceKillAll,

    /// <summary>SIGKILL, and the journal's disk is gone.</summary>
    InstanceDiskGone,

    /// <summary>SIGSTOP, later SIGCONT.</summary>
    InstanceStop,

    /// <summary>SIGSTOP right after a request went to an acquirer, later SIGCONT.</summary>
    InstanceStopAfterSend,

    /// <summary>SIGSTOP right after an acquirer's answer reached the instance, later SIGCONT.</summary>
    InstanceStopAfterReply,

    /// <summary>SIGTERM under load, then started again.</summary>
    InstanceRoll,

    /// <summary>No room left on the journal's disk for a while.</summary>
    JournalDiskFull,

    /// <summary>SIGKILL of Redis, restarted with what its append-only file has.</summary>
    RedisKill,

    /// <summary>SIGKILL of Redis, restarted empty.</summary>
    RedisEmpty,

    /// <summary>SIGSTOP of Redis for a moment: nothing is lost, nobody knows what was done.</summary>
    RedisStop,

    /// <summary>The broker can't be reached for seconds: nothing passes.</summary>
    BrokerAway,

    /// <summary>The broker is stopped and started again; only one that is given, and keeps its events.</summary>
    BrokerRestart,

    /// <summary>A connection cut in the middle of a frame.</summary>
    LinkCut,

    /// <summary>Nothing passes, and the connections break at the end.</summary>
    LinkBlackHole,

    /// <summary>Nothing passes, and all of it arrives at the end: late answers, late requests.</summary>
    LinkStall,

    /// <summary>Everything is slow.</summary>
    LinkDelay,
}

/// <summary>One entry of the plan.</summary>
/// <param name="At">From the start of the run.</param>
/// <param name="Kind">What.</param>
/// <param name="Target">Which instance or link, as a number to be taken modulo their count.</param>
/// <param name="Lasting">How long, or how long until it is started again.</param>
internal sealed record PlannedFault(TimeSpan At, FaultKind Kind, int Target, TimeSpan Lasting)
{
    /// <summary>How long a payment is waited for that the fault is to hit.</summary>
    public static readonly TimeSpan TriggerPatience = TimeSpan.FromSeconds(1);

    /// <summary>Ends, stops or rolls an instance.</summary>
    public bool IsOfInstance => Kind <= FaultKind.InstanceRoll;

    /// <summary>From its begin until it is over at the latest; of what ends an instance, until it has ended.</summary>
    public TimeSpan Reach => ReachOf(Kind, Lasting);

    /// <summary>The same before there is one.</summary>
    public static TimeSpan ReachOf(FaultKind kind, TimeSpan lasting) => kind switch
    {
        FaultKind.InstanceStop => lasting,
        FaultKind.InstanceStopAfterSend or FaultKind.InstanceStopAfterReply => TriggerPatience + lasting,
        FaultKind.InstanceKillAfterSend or FaultKind.InstanceKillAfterReply => TriggerPatience,
        _ => TimeSpan.Zero,
    };

    /// <summary>Whether it stops an instance that goes on later.</summary>
    public static bool IsStop(FaultKind kind) => kind
        is FaultKind.InstanceStop or FaultKind.InstanceStopAfterSend or FaultKind.InstanceStopAfterReply;

    /// <inheritdoc/>
    public override string ToString() =>
        FormattableString.Invariant($"{At.TotalSeconds,7:0.00} s {Kind} {Target}, {Lasting.TotalSeconds:0.0} s");
}
