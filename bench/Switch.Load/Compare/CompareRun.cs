using Switch.Load.Doors;
using Switch.Load.Payments;
using Switch.Programs;

namespace Switch.Load.Compare;

/// <summary>Measures the contenders turn by turn, and checks that the switch did what it said.</summary>
internal sealed class CompareRun
{
    /// <summary>The name under which the reader of the events is charged.</summary>
    public const string Check = "check";

    private const int TerminalsCount = 1000;
    private static readonly TimeSpan CallPatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan FirstWarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan FirstMeasured = TimeSpan.FromSeconds(1);
    private readonly CompareOptions _options;
    private readonly TextWriter _output;
    private readonly RunClock _clock = new();
    private readonly PaymentNumbers _numbers = new();
    private readonly Dictionary<Contender, AnswerLog> _answers;

    public CompareRun(CompareOptions options, TextWriter output)
    {
        _options = options;
        _output = output;
        _answers = options.Contenders.ToDictionary(static contender => contender, static _ => new AnswerLog());
    }

    /// <summary>The whole run.</summary>
    /// <exception cref="HarnessException">It could not be made.</exception>
    public async Task<CompareReport> RunAsync(string folder, CancellationToken stop)
    {
        var terminals = Terminals.Generate(TerminalsCount);
        var wall = TimeProvider.System.GetUtcNow();
        var payments = new PaymentGenerator(_options.Seed, PaymentGenerator.NameOfRun(wall), terminals, 0, wall);
        var names = string.Join(", ", _options.Contenders.Select(ContenderNames.Of));
        await _output.WriteLineAsync($"starting redis-server, broker, acquirer, {names} ...");
        await using var stage = await Stage.StartAsync(folder, terminals, _options.Contenders);
        using var events = new EventReader(stage.Kafka, SwitchFiles.Topic, Stage.NaiveTopic);
        var report = new CompareReport(_options, RunCard.Of(folder));
        await _output.WriteLineAsync(report.Card.ToString());
        await WarmUpAsync(stage, events, payments, report, stop);
        await _output.WriteLineAsync(CompareReport.MeasurementHeader);
        for (var round = 1; round <= _options.Rounds; round++)
        {
            foreach (var shape in _options.Shapes)
            {
                foreach (var contender in _options.Contenders)
                {
                    stop.ThrowIfCancellationRequested();
                    var measured = await MeasureAsync(
                        stage, events, payments, contender, shape, round, _options.WarmUp, _options.Measured);
                    report.Add(measured);
                    await _output.WriteLineAsync(CompareReport.Line(measured));
                }
            }
        }

        await stage.CloseLedgerAsync();
        report.Judge(HonestyCheck.Of(_answers, events, LedgerReader.Read(stage.LedgerPath)));
        return report;
    }

    // Compiled code gets better while it runs: every path is driven before any of it is measured, and as long as a
    // server's compiler is still at it. The more code a server has, the longer that takes.
    private async Task WarmUpAsync(
        Stage stage, EventReader events, PaymentGenerator payments, CompareReport report, CancellationToken stop)
    {
        if (_options.WarmUp == TimeSpan.Zero) return;
        foreach (var shape in _options.Shapes)
        {
            foreach (var contender in _options.Contenders)
            {
                stop.ThrowIfCancellationRequested();
                await MeasureAsync(stage, events, payments, contender, shape, 0, FirstWarmUp, FirstMeasured);
            }
        }

        var shapes = _options.Shapes;
        var before = (FirstWarmUp + FirstMeasured) * shapes.Count;
        foreach (var contender in _options.Contenders)
        {
            var warmed = await WarmUp.UntilQuietAsync(stage, contender, shapes.Count, before, DriveAsync, stop);
            report.Add(warmed);
            await _output.WriteLineAsync(warmed.ToString());

            Task DriveAsync(int turn) => MeasureAsync(
                stage, events, payments, contender, shapes[turn % shapes.Count], 0, TimeSpan.Zero, CompilerWatch.Turn);
        }
    }

    private async Task<Measurement> MeasureAsync(
        Stage stage, EventReader events, PaymentGenerator payments, Contender contender, Shape shape, int round,
        TimeSpan warmUp, TimeSpan time)
    {
        var target = new Target { Address = new Uri(stage[contender].Address) };
        await using var door = Door.Open(target, shape.IsStream, _options.Connections, CallPatience);
        var loop = new ClosedLoop(door, payments, _numbers, _answers[contender]);
        var callers = loop.Start(shape.InFlight);
        await RunClock.Delay(warmUp);
        var before = await Snapshot.TakeAsync(stage, contender, _clock.Now);
        var (from, answeredFrom) = (_clock.Now, loop.Answered);
        loop.Count();
        await RunClock.Delay(time);
        var (to, answeredTo) = (_clock.Now, loop.Answered);
        loop.End();
        var backlog = Backlog(events, contender);
        await callers.WaitAsync(CallPatience + CallPatience, TimeProvider.System);
        await DrainAsync(events, contender);
        var after = await Snapshot.TakeAsync(stage, contender, _clock.Now);
        events.Digest();
        double answers = loop.Answered - answeredFrom;
        if (answeredTo == answeredFrom)
            throw new HarnessException($"{contender} gave no answer in {shape.Name}: the time is too short here");
        var cpu = after.CpuUs.ToDictionary(c => c.Key, c => c.Value - before.CpuUs[c.Key]);
        var elapsed = after.At - before.At;
        return new Measurement
        {
            Contender = contender,
            Shape = shape.Name,
            Round = round,
            PerSecond = (answeredTo - answeredFrom) / (to - from).TotalSeconds,
            P50Ms = loop.LatencyMs(50),
            P99Ms = loop.LatencyMs(99),
            CpuUs = cpu.ToDictionary(c => c.Key, c => c.Value / answers),
            AllocatedBytes = (after.AllocatedBytes - before.AllocatedBytes) / answers,
            PauseShare = (after.PauseSeconds - before.PauseSeconds) / elapsed.TotalSeconds,
            AnswerBytes = loop.AnswerBytes,
            Backlog = backlog,
            OthersShare = (after.MachineUs - before.MachineUs - cpu.Values.Sum())
                / (elapsed.TotalMicroseconds * Environment.ProcessorCount),
        };
    }

    private long Backlog(EventReader events, Contender contender) => contender switch
    {
        Contender.Switch => _answers[contender].ApprovalsCount - events.Count,
        Contender.Naive => _answers[contender].ApprovalsCount - events.OthersCount,
        _ => 0,
    };

    // What one left to do must not be charged to the next.
    private async Task DrainAsync(EventReader events, Contender contender)
    {
        var until = _clock.Now + DrainPatience;
        while (Backlog(events, contender) > 0 && _clock.Now < until) await RunClock.Delay(Tick);
    }
}
