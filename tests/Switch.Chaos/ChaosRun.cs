using Switch.Chaos.Checking;
using Switch.Chaos.Faults;
using Switch.Chaos.Reports;
using Switch.Chaos.Terminals;
using Switch.Programs;

namespace Switch.Chaos;

/// <summary>One run: start it all, pay and break, heal, wait for quiet, end, check.</summary>
internal sealed class ChaosRun
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan EventsPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan EventsIdle = TimeSpan.FromSeconds(2);
    private readonly ChaosOptions _options;
    private readonly TextWriter _output;
    private readonly RunClock _clock = new();
    private readonly FaultLog _faults;

    public ChaosRun(ChaosOptions options, TextWriter output)
    {
        _options = options;
        _output = output;
        _faults = new FaultLog(_clock, options.Verbose ? output : null);
    }

    /// <summary>What was found, and the records it was found in.</summary>
    /// <param name="folder">For logs and records.</param>
    /// <param name="interrupted">Ends the run early, in order.</param>
    public async Task<RunReport> RunAsync(string folder, CancellationToken interrupted)
    {
        await _output.WriteLineAsync($"Starting; logs and records go to {folder}");
        await using var stage = await Stage.StartAsync(_options, folder, _clock);
        using var events = new EventReader(stage.Broker.Address, stage.Topic, _clock);
        using var fleet = new TerminalFleet(_options, new TerminalCalls(stage.Instances, _clock));

        var plan = MakePlan(stage);
        await _output.WriteLineAsync(
            $"Seed {_options.Seed}: {plan.Faults.Count} faults in {_options.Seconds} s");
        if (_options.Verbose)
        {
            foreach (var fault in plan.Faults) await _output.WriteLineAsync($"  {fault}");
        }

        fleet.Start();
        await BreakAsync(stage, plan, fleet, interrupted);
        await stage.HealAsync();
        _faults.Tell("all faults are over");
        var healed = _clock.Now;
        await fleet.CloseAsync();
        var quiet = await new Quiescence(stage, fleet, events, _clock)
            .WaitAsync(TimeSpan.FromSeconds(_options.QuiesceSeconds));
        var tookCalm = _clock.Now - healed;
        if (fleet.Fault is { } failure) throw new HarnessException("a terminal failed", failure);
        await fleet.GiveUpAsync();

        return await GatherAsync(stage, fleet, events, quiet, tookCalm);
    }

    private FaultPlan MakePlan(Stage stage)
    {
        var choice = new FaultChoice(
            _options, stage.Instances[0].Disk.CanFill, stage.Broker.IsOwn, stage.Broker.CanRestart);
        _faults.LeftOut = choice.LeftOut;
        return FaultPlan.Make(
            _options.Seed, TimeSpan.FromSeconds(_options.Seconds), _options.Overlap, choice.Has, _options.Dense);
    }

    private async Task BreakAsync(Stage stage, FaultPlan plan, TerminalFleet fleet, CancellationToken interrupted)
    {
        var start = _clock.Now;
        var end = start + TimeSpan.FromSeconds(_options.Seconds);
        using var runner = new FaultRunner(stage, plan, _faults, _clock);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        var breaking = runner.RunAsync(start, ending.Token);
        try
        {
            while (_clock.Now < end && !ending.IsCancellationRequested)
            {
                // A timer takes whole milliseconds, and less than one is none.
                var left = end - _clock.Now + TimeSpan.FromMilliseconds(1);
                if (!await RunClock.TryDelay(left < ProgressEvery ? left : ProgressEvery, interrupted)) break;
                await _output.WriteLineAsync(
                    $"{(_clock.Now - start).TotalSeconds,5:0} s: {fleet.Payments.Count} payments, {fleet.Open} open,"
                    + $" {_faults.Counts.Values.Sum()} faults, {_faults.Kills} kills");
                if (fleet.Fault is not null || runner.HasFailed) break;
            }
        }
        finally
        {
            // What was begun is brought to its end first: nothing may be started again behind a stage that is gone, and
            // nothing stay stopped.
            await ending.CancelAsync();
            await breaking;
        }

        if (fleet.Fault is { } fault) throw new HarnessException("a terminal failed", fault);
    }

    private async Task<RunReport> GatherAsync(
        Stage stage, TerminalFleet fleet, EventReader events, QuietReport quiet, TimeSpan tookCalm)
    {
        foreach (var instance in stage.Instances) _faults.Ended(await instance.EndAsync());
        var until = _clock.Now + EventsPatience;
        while (events.Idle < EventsIdle && _clock.Now < until) await RunClock.Delay(EventsIdle / 4);

        var ledger = new List<LedgerRecord>();
        foreach (var acquirer in stage.Acquirers)
        {
            await acquirer.StopAsync();
            using var lines = new StreamReader(acquirer.LedgerPath);
            ledger.AddRange(LedgerFileReader.Read(acquirer.Name, lines)
                .Select(entry => entry with { At = _clock.At(entry.ReceivedAt) }));
        }

        var evidence = new Evidence
        {
            Payments = [.. fleet.Payments.Select(static payment => payment.ToRecord())],
            Ledger = ledger,
            Events = events.Finish(),
            DiskLosses = _faults.DiskLosses,
            StoreLosses = _faults.StoreLosses,
            Outages = _faults.Outages,
            WireBreaks = stage.WireBreaks,
            OrderlyEnds = _faults.OrderlyEnds,
            Crashes = _faults.Crashes,
            Quiet = quiet,
        };
        return new RunReport(_options, evidence, Checker.Check(evidence), _faults, _clock, tookCalm);
    }
}
