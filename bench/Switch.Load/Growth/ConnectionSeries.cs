using System.Globalization;
using Switch.Load.Doors;
using Switch.Programs;

namespace Switch.Load.Growth;

/// <summary>Connections of terminals, each used in turn: unary calls, one HTTP/2 connection a terminal.</summary>
internal static class ConnectionSeries
{
    private const int InFlight = 256;
    private const int OpenAtOnce = 64;

    // Links, Redis, Kafka, files, and what a process has open anyway.
    private const int FilesBeside = 500;
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(SeriesRun run, CancellationToken stop)
    {
        var sizes = run.Options.Connections;
        var needed = sizes[^1] + sizes[0] + FilesBeside;
        if (ProcessMemory.OpenFilesMax() < needed)
        {
            throw new HarnessException(FormattableString.Invariant(
                $"{sizes[^1]} connections need {needed} open files a process, {ProcessMemory.OpenFilesMax()} are ")
                + "allowed: raise \"ulimit -Hn\", or ask for fewer with --terminals");
        }

        var settings = new Dictionary<string, string>
        {
            ["Switch:Limits:ConnectionsMax"] = (sizes[^1] + FilesBeside).ToString(CultureInfo.InvariantCulture),
        };
        await using var keptLane = await Lane.StartAsync(run.Ground, "connections-kept");
        await using var grownLane = await Lane.StartAsync(run.Ground, "connections-grown", settings);
        await using var keptDoor = Meter.OpenUnary(keptLane, sizes[0]);
        await run.WarmUpAsync((keptLane, keptDoor), InFlight, stop);
        await using (var first = Meter.OpenUnary(grownLane, sizes[0]))
            await run.WarmUpAsync((grownLane, first), InFlight, stop);
        foreach (var size in sizes)
        {
            await RunClock.Delay(Settle, stop);
            var before = await MemoryAsync(grownLane);
            await using var door = Meter.OpenUnary(grownLane, size);
            await OpenAsync(run, door, size, stop);
            await RunClock.Delay(Settle, stop);
            var opened = await MemoryAsync(grownLane);
            var (grown, kept) = await run.MeasureAsync(
                (grownLane, door), (keptLane, keptDoor), InFlight, true, stop);
            var used = await MemoryAsync(grownLane);
            await run.Tell(new Point("connections", size, grown, kept, new Dictionary<string, double>
            {
                ["rss_kb_per_connection"] = (opened.Rss - before.Rss) / 1e3 / size,
                ["heap_kb_per_connection"] = (opened.Heap - before.Heap) / 1e3 / size,
                ["rss_kb_per_connection_after_load"] = (used.Rss - before.Rss) / 1e3 / size,
                ["switch_rss_mb"] = used.Rss / 1e6,
            }));
        }
    }

    // A payment over each connection, so that it is there. The door takes them in turn.
    private static Task OpenAsync(SeriesRun run, Door door, int count, CancellationToken stop) =>
        Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = OpenAtOnce, CancellationToken = stop },
            async (_, _) =>
            {
                var reply = await run.Meter.AskOnceAsync(door);
                if (!reply.IsApproved)
                    throw new HarnessException($"of {count} connections one can't be used: {reply.Name}");
            });

    private static async Task<(double Rss, double Heap)> MemoryAsync(Lane lane)
    {
        var page = Metrics.Parse(await lane.Switch.PageAsync());
        return (ProcessMemory.RssBytes(lane.Switch.ProcessId), page.Sum("dotnet_gc_last_collection_heap_size_bytes"));
    }
}
