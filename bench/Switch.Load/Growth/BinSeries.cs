using Switch.Programs;


namespace Switch.Load.Growth;

/// <summary>BIN ranges. The file of a running switch is replaced, and it reads it while payments could run.</summary>
internal static class BinSeries
{
    // Log event 3001.
    private const string Refused = "stays in use";
    private static readonly TimeSpan ReloadPatience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    public static async Task RunAsync(SeriesRun run, CancellationToken stop)
    {
        var folder = Path.Combine(run.Ground.Folder, "bins");
        BinFile.Write(folder, run.Options.Ranges[0]);
        var settings = new Dictionary<string, string> { ["Switch:Routes:File"] = Path.Combine(folder, "routes.yaml") };
        await using var keptLane = await Lane.StartAsync(run.Ground, "bins-kept");
        await using var grownLane = await Lane.StartAsync(run.Ground, "bins-grown", settings);
        await using var keptDoor = Meter.OpenStreams(keptLane, SeriesRun.StreamConnections);
        await using var grownDoor = Meter.OpenStreams(grownLane, SeriesRun.StreamConnections);
        await run.WarmUpAsync((keptLane, keptDoor), SeriesRun.StreamInFlight, stop);
        await run.WarmUpAsync((grownLane, grownDoor), SeriesRun.StreamInFlight, stop);
        for (var i = 0; i < run.Options.Ranges.Count; i++)
        {
            var size = run.Options.Ranges[i];
            var facts = new Dictionary<string, double>();
            // The first is what it has started with.
            if (i > 0) facts["reload_s"] = await ReloadAsync(grownLane, folder, size, i + 1, stop);
            var (grown, kept) = await run.MeasureAsync(
                (grownLane, grownDoor), (keptLane, keptDoor), SeriesRun.StreamInFlight, true, stop);
            facts["switch_rss_mb"] = ProcessMemory.RssBytes(grownLane.Switch.ProcessId) / 1e6;
            await run.Tell(new Point("bins", size, grown, kept, facts));
        }
    }

    // Seconds from the file's replacement until its table is in use.
    private static async Task<double> ReloadAsync(
        Lane lane, string folder, int ranges, int version, CancellationToken stop)
    {
        BinFile.Write(folder, ranges);
        var clock = new RunClock();
        var inUse = FormattableString.Invariant($"Routing table {version} is in use");
        while (clock.Now < ReloadPatience)
        {
            stop.ThrowIfCancellationRequested();
            var log = await File.ReadAllTextAsync(lane.LogPath, stop);
            if (log.Contains(inUse, StringComparison.Ordinal)) return clock.Now.TotalSeconds;
            if (log.Contains(Refused, StringComparison.Ordinal))
                throw new HarnessException($"the switch refuses a file with {ranges} BIN ranges; see {lane.LogPath}");
            await RunClock.Delay(Tick, stop);
        }

        throw new HarnessException(FormattableString.Invariant(
            $"the switch does not take a file with {ranges} BIN ranges within {ReloadPatience}; see {lane.LogPath}"));
    }
}
