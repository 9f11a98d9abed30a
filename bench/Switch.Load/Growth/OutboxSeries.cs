using System.Globalization;
using Switch.Programs;

namespace Switch.Load.Growth;

/// <summary>
/// Events that wait for Kafka: measured while Kafka is away, then while they are told to it. It comes back to the
/// switch as it runs: one that had just started would be measured while its code is compiled.
/// </summary>
internal static class OutboxSeries
{
    // Above what is filled in comes what is paid while Kafka is away.
    private const int RowsPaidMax = 2_000_000;

    private static readonly TimeSpan ReturnPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    public static async Task RunAsync(SeriesRun run, CancellationToken stop)
    {
        var away = Settings(run, run.Ground.KafkaAway);
        await using var keptLane = await Lane.StartAsync(run.Ground, "outbox-kept");
        await using var keptDoor = Meter.OpenStreams(keptLane, SeriesRun.StreamConnections);
        var kept = (keptLane, keptDoor);
        await run.WarmUpAsync(kept, SeriesRun.StreamInFlight, stop);
        foreach (var size in run.Options.Rows)
        {
            // A journal of its own for each size, so that no step begins with what another left.
            var name = string.Create(CultureInfo.InvariantCulture, $"outbox-{size}");
            await using var lane = await Lane.StartAsync(run.Ground, name, away);
            await using (var first = Meter.OpenStreams(lane, SeriesRun.StreamConnections))
                await run.WarmUpAsync((lane, first), SeriesRun.StreamInFlight, stop);
            if (size > 0)
            {
                await lane.KillSwitchAsync();
                OutboxFiller.Fill(lane.JournalPath, size);
                await lane.StartSwitchAsync(away);
            }

            await using var door = Meter.OpenStreams(lane, SeriesRun.StreamConnections);
            await AwayAsync(run, kept, (lane, door), size, stop);
            await DrainingAsync(run, kept, (lane, door), size, stop);
        }
    }

    private static async Task AwayAsync(
        SeriesRun run, (Lane Lane, Doors.Door Door) kept, (Lane Lane, Doors.Door Door) grown, int size,
        CancellationToken stop)
    {
        await run.WarmUpAsync(grown, SeriesRun.StreamInFlight, stop);
        var (ofGrown, ofKept) = await run.MeasureAsync(grown, kept, SeriesRun.StreamInFlight, false, stop);
        await run.Tell(new Point("outbox, Kafka away", size, ofGrown, ofKept, new Dictionary<string, double>
        {
            ["waiting_before"] = ofGrown[0].WaitedBefore,
            ["waiting_after"] = ofGrown[^1].WaitedAfter,
            ["start_s"] = grown.Lane.StartTook.TotalSeconds,
            ["switch_rss_mb"] = ProcessMemory.RssBytes(grown.Lane.Switch.ProcessId) / 1e6,
        }));
    }

    // The kept lane is measured first: it would take the processor from the draining, which does not wait.
    private static async Task DrainingAsync(
        SeriesRun run, (Lane Lane, Doors.Door Door) kept, (Lane Lane, Doors.Door Door) grown, int size,
        CancellationToken stop)
    {
        var (ofKept, ofGrown) = (new List<Sample>(), new List<Sample>());
        for (var i = 0; i < run.Options.Rounds; i++)
            ofKept.Add(await run.OneAsync(kept, SeriesRun.StreamInFlight, true, stop));
        await using var kafka = KafkaDoor.Open(run.Ground.KafkaAway, run.Ground.Kafka);
        await BeginsToTellAsync(grown.Lane, stop);
        for (var i = 0; i < run.Options.Rounds; i++)
            ofGrown.Add(await run.OneAsync(grown, SeriesRun.StreamInFlight, false, stop));
        var seconds = run.Options.Measured.TotalSeconds;
        var told = ofGrown.Select(s => s.PerSecond + ((s.WaitedBefore - s.WaitedAfter) / seconds));
        await run.Tell(new Point("outbox, draining", size, ofGrown, ofKept, new Dictionary<string, double>
        {
            ["waiting_before"] = ofGrown[0].WaitedBefore,
            ["waiting_after"] = ofGrown[^1].WaitedAfter,
            ["told_per_s"] = Compare.Spread.Of(told).Median,
        }));
    }

    private static async Task BeginsToTellAsync(Lane lane, CancellationToken stop)
    {
        var clock = new RunClock();
        var waiting = await Meter.WaitingAsync(lane);
        while (await Meter.WaitingAsync(lane) >= waiting)
        {
            stop.ThrowIfCancellationRequested();
            if (clock.Now > ReturnPatience) throw new HarnessException("the switch does not find Kafka again");
            await RunClock.Delay(Tick, stop);
        }
    }

    private static Dictionary<string, string> Settings(SeriesRun run, string kafka) => new()
    {
        ["Switch:Kafka:BootstrapServers"] = kafka,
        ["Switch:Journal:OutboxRowsMax"] =
            (run.Options.Rows[^1] + RowsPaidMax).ToString(CultureInfo.InvariantCulture),
    };
}
