using System.Globalization;

namespace Switch.Load.Growth;

/// <summary>
/// Events that wait for Kafka: measured while Kafka is away, then from the start with Kafka on while they are told.
/// </summary>
internal static class OutboxSeries
{
    // Above what is filled in comes what is paid while Kafka is away.
    private const int RowsPaidMax = 2_000_000;

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

            await AwayAsync(run, kept, lane, size, stop);
            await lane.KillSwitchAsync();
            await DrainingAsync(run, kept, lane, size, stop);
        }
    }

    private static async Task AwayAsync(
        SeriesRun run, (Lane Lane, Doors.Door Door) kept, Lane lane, int size, CancellationToken stop)
    {
        var start = lane.StartTook.TotalSeconds;
        await using var door = Meter.OpenStreams(lane, SeriesRun.StreamConnections);
        await run.WarmUpAsync((lane, door), SeriesRun.StreamInFlight, stop);
        var (grown, keptSamples) = await run.MeasureAsync(
            (lane, door), kept, SeriesRun.StreamInFlight, false, stop);
        await run.Tell(new Point("outbox, Kafka away", size, grown, keptSamples, new Dictionary<string, double>
        {
            ["waiting_before"] = grown[0].WaitedBefore,
            ["waiting_after"] = grown[^1].WaitedAfter,
            ["start_s"] = start,
            ["switch_rss_mb"] = ProcessMemory.RssBytes(lane.Switch.ProcessId) / 1e6,
        }));
    }

    // The kept lane is measured first: it would take the processor from the draining, which does not wait.
    private static async Task DrainingAsync(
        SeriesRun run, (Lane Lane, Doors.Door Door) kept, Lane lane, int size, CancellationToken stop)
    {
        var (ofKept, ofGrown) = (new List<Sample>(), new List<Sample>());
        for (var i = 0; i < run.Options.Rounds; i++)
            ofKept.Add(await run.OneAsync(kept, SeriesRun.StreamInFlight, true, stop));
        await lane.StartSwitchAsync(Settings(run, run.Ground.Kafka));
        await using var door = Meter.OpenStreams(lane, SeriesRun.StreamConnections);
        await run.WarmUpAsync((lane, door), SeriesRun.StreamInFlight, stop);
        for (var i = 0; i < run.Options.Rounds; i++)
            ofGrown.Add(await run.OneAsync((lane, door), SeriesRun.StreamInFlight, false, stop));
        var seconds = run.Options.Measured.TotalSeconds;
        var told = ofGrown.Select(s => s.PerSecond + ((s.WaitedBefore - s.WaitedAfter) / seconds));
        await run.Tell(new Point("outbox, draining", size, ofGrown, ofKept, new Dictionary<string, double>
        {
            ["waiting_before"] = ofGrown[0].WaitedBefore,
            ["waiting_after"] = ofGrown[^1].WaitedAfter,
            ["told_per_s"] = Compare.Spread.Of(told).Median,
            ["start_s"] = lane.StartTook.TotalSeconds,
        }));
    }

    private static Dictionary<string, string> Settings(SeriesRun run, string kafka) => new()
    {
        ["Switch:Kafka:BootstrapServers"] = kafka,
        ["Switch:Journal:OutboxRowsMax"] =
            (run.Options.Rows[^1] + RowsPaidMax).ToString(CultureInfo.InvariantCulture),
    };
}
