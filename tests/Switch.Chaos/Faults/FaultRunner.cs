using Switch.Chaos.Checking;
using Switch.Chaos.Links;
using Switch.Programs;

namespace Switch.Chaos.Faults;

/// <summary>Carries a plan out, and heals everything at the end.</summary>
internal sealed class FaultRunner : IDisposable
{
    // Redis, syncing every second, may hold back a write for two while an earlier sync is slow.
    private static readonly TimeSpan RedisTail = TimeSpan.FromSeconds(2);
    private readonly Stage _stage;
    private readonly FaultPlan _plan;
    private readonly FaultLog _log;
    private readonly RunClock _clock;
    private readonly InstanceFaults _instances;
    private readonly BrokerRestart _restart;
    private readonly SemaphoreSlim _redisTurn = new(1, 1);
    private readonly SemaphoreSlim _brokerTurn = new(1, 1);
    private readonly List<Task> _running = [];
    private TimeSpan _start;

    public FaultRunner(Stage stage, FaultPlan plan, FaultLog log, RunClock clock)
    {
        _stage = stage;
        _plan = plan;
        _log = log;
        _clock = clock;
        _instances = new InstanceFaults(stage.Instances, stage.Links, MayTouch, log, clock);
        _restart = new BrokerRestart(stage.Broker, log, clock);
    }

    /// <summary>A fault could not be carried out; <see cref="RunAsync"/> will say which.</summary>
    public bool HasFailed
    {
        get { lock (_running) return _running.Exists(static task => task.IsFaulted); }
    }

    /// <summary>Runs until the last fault is over.</summary>
    /// <param name="start">When the plan's time begins, on the run's clock.</param>
    /// <param name="token">Ends it early.</param>
    public async Task RunAsync(TimeSpan start, CancellationToken token)
    {
        _start = start;
        using var over = new CancellationTokenSource();
        var supervising = _instances.SuperviseAsync(over.Token);
        foreach (var fault in _plan.Faults)
        {
            if (!await RunClock.TryDelay(start + fault.At - _clock.Now, token)) break;
            Begin(fault, token);
        }

        try
        {
            await Task.WhenAll(_running);
        }
        finally
        {
            await over.CancelAsync();
            await supervising;
        }
    }

    public void Dispose()
    {
        _redisTurn.Dispose();
        _brokerTurn.Dispose();
    }

    private void Begin(PlannedFault fault, CancellationToken token)
    {
        // An event that could not leave for so long is on its disk alone, and may be lost with it.
        if (fault.Kind == FaultKind.InstanceDiskGone && _clock.Now < _restart.DisksSafeAt)
            _log.Skip(fault, "the broker is away or was lately");
        else lock (_running) _running.Add(fault.IsOfInstance ? _instances.RunAsync(fault) : DoAsync(fault, token));
    }

    // Late by a slow machine or a busy target, a fault must not slip into a window in which instances are left alone.
    private bool MayTouch(PlannedFault fault) => !_plan.ReachesRedisWindow(_clock.Now - _start, fault.Reach);

    private async Task DoAsync(PlannedFault fault, CancellationToken token)
    {
        switch (fault.Kind)
        {
            case FaultKind.RedisKill or FaultKind.RedisEmpty:
                await InTurnAsync(_redisTurn, fault, wait: true, () => LoseRedisAsync(fault));
                break;
            case FaultKind.RedisStop:
                await InTurnAsync(_redisTurn, fault, wait: false, () => PauseAsync("redis", _stage.Redis.Send, fault));
                break;
            case FaultKind.BrokerAway when _stage.BrokerLink is { } link:
                await SpoilAsync(link, fault);
                break;
            case FaultKind.BrokerRestart:
                await InTurnAsync(_brokerTurn, fault, wait: false, () => _restart.RunAsync(fault, token));
                break;
            case FaultKind.JournalDiskFull:
                await FillAsync(fault);
                break;
            default:
                await SpoilAsync(_stage.Links[fault.Target % _stage.Links.Count], fault);
                break;
        }
    }

    private async Task InTurnAsync(SemaphoreSlim turn, PlannedFault fault, bool wait, Func<Task> act)
    {
        if (!await turn.WaitAsync(wait ? Timeout.InfiniteTimeSpan : TimeSpan.Zero))
        {
            _log.Skip(fault);
            return;
        }

        try
        {
            _log.Count(fault.Kind);
            await act();
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task LoseRedisAsync(PlannedFault fault)
    {
        var isEmpty = fault.Kind == FaultKind.RedisEmpty;
        var at = _clock.Now;
        await _stage.Redis.KillAsync();
        _log.Killed();
        _log.Lost(new StoreLoss(at, isEmpty ? null : RedisTail));
        _log.Tell($"redis: SIGKILL{(isEmpty ? ", its data are gone" : "")}");
        if (isEmpty) _stage.Redis.Empty();
        await RunClock.Delay(fault.Lasting);
        await _stage.Redis.StartAsync();
        _log.Tell("redis: up again");
    }

    private async Task PauseAsync(string name, Action<Signal> send, PlannedFault fault)
    {
        _log.Tell($"{name}: SIGSTOP for {fault.Lasting.TotalSeconds:0.0} s");
        send(Signal.Stop);
        await RunClock.Delay(fault.Lasting);
        send(Signal.Continue);
        _log.Tell($"{name}: SIGCONT");
    }

    private async Task FillAsync(PlannedFault fault)
    {
        var instance = _stage.Instances[fault.Target % _stage.Instances.Count];
        _log.Count(fault.Kind);
        _log.Tell($"{instance.Name}: disk full for {fault.Lasting.TotalSeconds:0.0} s");
        await Task.Run(instance.Disk.Fill);
        await RunClock.Delay(fault.Lasting);
        instance.Disk.Free();
        _log.Tell($"{instance.Name}: disk has room again");
    }

    private async Task SpoilAsync(LinkProxy link, PlannedFault fault)
    {
        _log.Count(fault.Kind);
        _log.Tell($"link {link.Instance}-{link.Acquirer}: {fault.Kind} {fault.Lasting.TotalSeconds:0.0} s");
        switch (fault.Kind)
        {
            case FaultKind.LinkCut:
                link.CutNext = true;
                return;
            case FaultKind.LinkDelay:
                link.DelayMs = 50 + (fault.Target % 400);
                await RunClock.Delay(fault.Lasting);
                link.DelayMs = 0;
                return;
            default:
                var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                if (Interlocked.CompareExchange(ref link.Hold, hold, null) is not null) return;
                await RunClock.Delay(fault.Lasting);
                // The broker comes back with its connections as often as without.
                var isBroken = fault.Kind == FaultKind.LinkBlackHole
                    || (fault.Kind == FaultKind.BrokerAway && fault.Target % 2 == 0);
                if (isBroken) link.CloseAll();
                Interlocked.CompareExchange(ref link.Hold, null, hold);
                hold.TrySetResult();
                return;
        }
    }
}
