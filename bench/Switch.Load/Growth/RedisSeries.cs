using Switch.Programs;


namespace Switch.Load.Growth;

/// <summary>Records in Redis. The lane that is kept holds what the run itself writes.</summary>
internal static class RedisSeries
{
    // The disk takes what was filled in, and the table of keys ends its growing.
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(SeriesRun run, CancellationToken stop)
    {
        await using var keptLane = await Lane.StartAsync(run.Ground, "redis-kept");
        await using var grownLane = await Lane.StartAsync(run.Ground, "redis-grown");
        await using var keptDoor = Meter.OpenStreams(keptLane, SeriesRun.StreamConnections);
        await using var grownDoor = Meter.OpenStreams(grownLane, SeriesRun.StreamConnections);
        await using var keptRedis = await RecordFiller.OpenAsync(keptLane.Redis);
        await using var grownRedis = await RecordFiller.OpenAsync(grownLane.Redis);
        await run.WarmUpAsync((keptLane, keptDoor), SeriesRun.StreamInFlight, stop);
        await run.WarmUpAsync((grownLane, grownDoor), SeriesRun.StreamInFlight, stop);
        foreach (var size in run.Options.Records)
        {
            var (countBefore, bytesBefore) = (await grownRedis.CountAsync(), await grownRedis.UsedBytesAsync());
            var valueBytes = await grownRedis.FillAsync(size, stop);
            if (size > countBefore) await RunClock.Delay(Settle, stop);
            var (count, bytes) = (await grownRedis.CountAsync(), await grownRedis.UsedBytesAsync());
            var (grown, kept) = await run.MeasureAsync(
                (grownLane, grownDoor), (keptLane, keptDoor), SeriesRun.StreamInFlight, true, stop);
            var facts = new Dictionary<string, double>
            {
                ["records"] = count,
                ["records_after"] = await grownRedis.CountAsync(),
                ["records_of_kept_after"] = await keptRedis.CountAsync(),
                ["value_bytes"] = valueBytes,
                ["redis_rss_mb"] = ProcessMemory.RssBytes(grownLane.RedisProcessId) / 1e6,
            };
            if (count > countBefore) facts["bytes_per_record"] = (bytes - bytesBefore) / (double)(count - countBefore);
            await run.Tell(new Point("redis", size, grown, kept, facts));
        }
    }
}
