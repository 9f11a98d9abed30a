using Switch.Chaos.Checking;
using Switch.Chaos.Links;
using Switch.Chaos.Programs;
using Switch.Programs;

namespace Switch.Chaos.Faults;

/// <summary>Faults that end, stop or roll an instance. Each brings it back, and holds its turn meanwhile.</summary>
internal sealed class InstanceFaults
{
    private static readonly TimeSpan TurnPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TurnPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ReadyPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RecoveryTime = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan RestartPause = TimeSpan.FromMilliseconds(300);
    private readonly IReadOnlyList<SwitchInstance> _instances;
    private readonly IReadOnlyList<LinkProxy> _links;
    private readonly Func<PlannedFault, bool> _mayTouch;
    private readonly FaultLog _log;
    private readonly RunClock _clock;

    /// <param name="instances">All of them.</param>
    /// <param name="links">Their wires to acquirers.</param>
    /// <param name="mayTouch">Whether a fault may happen now.</param>
    /// <param name="log">Of what is done.</param>
    /// <param name="clock">The run's.</param>
    public InstanceFaults(
        IReadOnlyList<SwitchInstance> instances, IReadOnlyList<LinkProxy> links, Func<PlannedFault, bool> mayTouch,
        FaultLog log, RunClock clock)
    {
        _instances = instances;
        _links = links;
        _mayTouch = mayTouch;
        _log = log;
        _clock = clock;
    }

    public async Task RunAsync(PlannedFault fault)
    {
        if (fault.Kind == FaultKind.InstanceKillAll && _mayTouch(fault))
        {
            await Task.WhenAll(_instances.Select(instance => TakeTurnAsync(instance, fault)));
            return;
        }

        // The other one when the first is still busy with an earlier fault: the plan's pace is kept.
        var until = _clock.Now + TurnPatience;
        for (; _clock.Now < until && _mayTouch(fault); await RunClock.Delay(TurnPause))
        {
            for (var i = 0; i < _instances.Count; i++)
            {
                if (await TakeTurnAsync(_instances[(fault.Target + i) % _instances.Count], fault)) return;
            }
        }

        if (_mayTouch(fault)) _log.Skip(fault);
        else _log.Skip(fault, "Redis loses data about now");
    }

    private async Task<bool> TakeTurnAsync(SwitchInstance instance, PlannedFault fault)
    {
        if (!await instance.Turn.WaitAsync(TimeSpan.Zero)) return false;
        try
        {
            await DoAsync(instance, fault);
            return true;
        }
        finally
        {
            instance.Turn.Release();
        }
    }

    private async Task DoAsync(SwitchInstance instance, PlannedFault fault)
    {
        _log.Count(fault.Kind);
        var from = _clock.Now;
        await TouchAsync(instance, fault);
        _log.Down(new Outage(instance.Name, from, _clock.Now));
    }

    private async Task TouchAsync(SwitchInstance instance, PlannedFault fault)
    {
        switch (fault.Kind)
        {
            case FaultKind.InstanceStop or FaultKind.InstanceStopAfterSend or FaultKind.InstanceStopAfterReply:
                await StopAsync(instance, fault);
                return;
            case FaultKind.InstanceRoll:
                // An orchestrator rolls what is up; a process that has only just begun has no handler for SIGTERM yet.
                if (!await instance.ReadyAsync(ReadyPatience)) return;
                _log.Tell($"{instance.Name}: SIGTERM");
                var end = await instance.EndAsync();
                _log.Ended(end);
                _log.Tell($"{instance.Name}: ended with {end.ExitCode} after {end.Took.TotalSeconds:0.00} s");
                break;
            case FaultKind.InstanceKillAfterSend:
                await SendWhenAsync(instance, Signal.Kill, reply: false);
                break;
            case FaultKind.InstanceKillAfterReply:
                await SendWhenAsync(instance, Signal.Kill, reply: true);
                break;
            default:
                Send(instance, Signal.Kill, "");
                break;
        }

        if (fault.Kind != FaultKind.InstanceRoll)
        {
            await instance.KillAsync();
            _log.Killed();
        }

        if (fault.Kind == FaultKind.InstanceDiskGone)
        {
            _log.Lost(new DiskLoss(instance.Name, _clock.Now));
            instance.Disk.Destroy();
            _log.Tell($"{instance.Name}: its disk is gone");
        }

        await RunClock.Delay(fault.Lasting);
        instance.Start();
        // Every second time the next fault may hit it while it starts: recovery has to bear a kill too.
        var patience = fault.Target % 4 < 2 ? RecoveryTime : ReadyPatience;
        var isReady = await instance.ReadyAsync(patience);
        var state = isReady ? "ready again" : instance.HasExited ? "ended at its start" : "starting";
        _log.Tell($"{instance.Name}: {state}");
    }

    /// <summary>Starts again what ended by itself, as an orchestrator does, until told to stop.</summary>
    public async Task SuperviseAsync(CancellationToken stop)
    {
        while (await RunClock.TryDelay(RestartPause, stop))
        {
            foreach (var instance in _instances)
            {
                if (!await instance.Turn.WaitAsync(TimeSpan.Zero, CancellationToken.None)) continue;
                if (instance.HasExited) Restart(instance);
                else if (!instance.WasReady) await instance.ReadyAsync(TimeSpan.FromMilliseconds(1));
                instance.Turn.Release();
            }
        }
    }

    private void Restart(SwitchInstance instance)
    {
        if (instance.WasReady) _log.Crashed(new Crash(instance.Name, _clock.Now, instance.ExitCode));
        _log.Tell($"{instance.Name}: had ended by itself with {instance.ExitCode}; started again");
        instance.Start();
    }

    private async Task StopAsync(SwitchInstance instance, PlannedFault fault)
    {
        if (fault.Kind == FaultKind.InstanceStop) Send(instance, Signal.Stop, "");
        else await SendWhenAsync(instance, Signal.Stop, reply: fault.Kind == FaultKind.InstanceStopAfterReply);
        await RunClock.Delay(fault.Lasting);
        Send(instance, Signal.Continue, $", after {fault.Lasting.TotalSeconds:0.0} s");
    }

    // In the middle of a payment: between send and reply, or between reply and what is made of it.
    private async Task SendWhenAsync(SwitchInstance instance, Signal signal, bool reply)
    {
        var passed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void SendNow()
        {
            // At once, on the thread that passed the bytes on.
            instance.Send(signal);
            passed.TrySetResult();
        }

        var links = _links.Where(link => link.Instance == instance.Name).ToList();
        foreach (var link in links) link.WhenPaymentPasses(reply, SendNow);
        var first = await Task.WhenAny(passed.Task, RunClock.Delay(PlannedFault.TriggerPatience));
        foreach (var link in links) link.ForgetPayment();
        var moment = reply ? "an answer came in" : "a request went out";
        Send(instance, signal, first == passed.Task ? $" as {moment}" : " although nothing passed");
    }

    private void Send(SwitchInstance instance, Signal signal, string when)
    {
        instance.Send(signal);
        _log.Tell($"{instance.Name}: {NameOf(signal)}{when}");
    }

    private static string NameOf(Signal signal) => signal switch
    {
        Signal.Kill => "SIGKILL",
        Signal.Stop => "SIGSTOP",
        _ => "SIGCONT",
    };
}
