using Switch.Load.Compare;
using Switch.Load.Doors;
using Switch.Load.Payments;
using Switch.Programs;

namespace Switch.Load.Growth;

/// <summary>Takes one measurement of one lane.</summary>
internal sealed class Meter
{
    private static readonly TimeSpan CallPatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private readonly PaymentGenerator _payments;
    private readonly PaymentNumbers _numbers = new();
    private readonly RunClock _clock = new();

    public Meter(PaymentGenerator payments) => _payments = payments;

    public static Door OpenStreams(Lane lane, int connections) => Open(lane, true, connections);

    public static Door OpenUnary(Lane lane, int connections) => Open(lane, false, connections);

    /// <summary>Events that wait for Kafka.</summary>
    public static async Task<long> WaitingAsync(Lane lane) =>
        (long)Metrics.Parse(await lane.Switch.PageAsync()).Sum("cardswitch_outbox_lag");

    /// <summary>Sends one payment; the first of a lane tells whether it works at all.</summary>
    public async Task<Reply> AskOnceAsync(Door door)
    {
        var request = _payments.NewRequest();
        _payments.Fill(request, _numbers.Next());
        return await door.AskAsync(request);
    }

    /// <summary>A closed loop through a door that stays open.</summary>
    /// <param name="lane">Who is measured.</param>
    /// <param name="door">Into its switch.</param>
    /// <param name="inFlight">Callers.</param>
    /// <param name="drains">Whether what is left for Kafka is charged to the answers.</param>
    /// <param name="warmUp">Before it counts.</param>
    /// <param name="time">That counts.</param>
    /// <exception cref="HarnessException">Nothing was answered.</exception>
    public async Task<Sample> MeasureAsync(
        Lane lane, Door door, int inFlight, bool drains, TimeSpan warmUp, TimeSpan time)
    {
        var answers = new AnswerLog();
        var loop = new ClosedLoop(door, _payments, _numbers, answers);
        var callers = loop.Start(inFlight);
        await RunClock.Delay(warmUp);
        var waitedBefore = await WaitingAsync(lane);
        var before = await Snapshot.TakeAsync(lane.Switch, lane.Processes, _clock.Now);
        var (from, answeredFrom) = (_clock.Now, loop.Answered);
        loop.Count();
        await RunClock.Delay(time);
        var (to, answeredTo) = (_clock.Now, loop.Answered);
        loop.End();
        await callers.WaitAsync(CallPatience + CallPatience, TimeProvider.System);
        var waitedAfter = await WaitingAsync(lane);
        if (drains) await DrainAsync(lane);
        var after = await Snapshot.TakeAsync(lane.Switch, lane.Processes, _clock.Now);
        if (answeredTo == answeredFrom || answers.ApprovalsCount == 0)
        {
            throw new HarnessException(
                $"no approval came: {string.Join(", ", answers.Others.Select(static o => $"{o.Value} x {o.Key}"))}");
        }

        double count = loop.Answered - answeredFrom;
        var cpu = after.CpuUs.Where(static c => c.Key != CompareRun.Check)
            .ToDictionary(static c => c.Key, c => c.Value - before.CpuUs[c.Key]);
        return new Sample
        {
            PerSecond = (answeredTo - answeredFrom) / (to - from).TotalSeconds,
            P50Ms = loop.LatencyMs(50),
            P99Ms = loop.LatencyMs(99),
            CpuUs = cpu.ToDictionary(static c => c.Key, c => c.Value / count),
            AllocatedBytes = (after.AllocatedBytes - before.AllocatedBytes) / count,
            OthersShare = (after.MachineUs - before.MachineUs - cpu.Values.Sum())
                / ((after.At - before.At).TotalMicroseconds * Environment.ProcessorCount),
            WaitedBefore = waitedBefore,
            WaitedAfter = waitedAfter,
            Faults = answers.Others,
        };
    }

    private async Task DrainAsync(Lane lane)
    {
        var until = _clock.Now + DrainPatience;
        while (await WaitingAsync(lane) > 0 && _clock.Now < until) await RunClock.Delay(Tick);
    }

    private static Door Open(Lane lane, bool isStream, int connections) =>
        Door.Open(new Target { Address = new Uri(lane.Switch.Address) }, isStream, connections, CallPatience);
}
