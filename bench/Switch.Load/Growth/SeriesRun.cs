using Switch.Load.Doors;
using Switch.Programs;

namespace Switch.Load.Growth;

/// <summary>What every series needs: the ground, the meter, and somewhere to say what it found.</summary>
internal sealed record SeriesRun(Ground Ground, Meter Meter, GrowthOptions Options, Func<Point, Task> Tell)
{
    public const int StreamInFlight = 512;
    public const int StreamConnections = 4;

    /// <summary>Both lanes turn by turn, so many rounds.</summary>
    public async Task<(List<Sample> Grown, List<Sample> Kept)> MeasureAsync(
        (Lane Lane, Door Door) grown, (Lane Lane, Door Door) kept, int inFlight, bool drains, CancellationToken stop)
    {
        var (ofGrown, ofKept) = (new List<Sample>(), new List<Sample>());
        for (var round = 0; round < Options.Rounds; round++)
        {
            ofKept.Add(await OneAsync(kept, inFlight, true, stop));
            ofGrown.Add(await OneAsync(grown, inFlight, drains, stop));
        }

        return (ofGrown, ofKept);
    }

    public async Task<Sample> OneAsync((Lane Lane, Door Door) of, int inFlight, bool drains, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        return await Meter.MeasureAsync(of.Lane, of.Door, inFlight, drains, Options.WarmUp, Options.Measured);
    }

    /// <summary>Drives a switch that has just started until its code is compiled as it will be.</summary>
    /// <exception cref="HarnessException">It does not approve.</exception>
    public async Task WarmUpAsync((Lane Lane, Door Door) of, int inFlight, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var reply = await Meter.AskOnceAsync(of.Door);
        if (!reply.IsApproved) throw new HarnessException($"the first payment came to {reply.Name}");
        if (Options.FirstWarmUp == TimeSpan.Zero) return;
        await Meter.MeasureAsync(
            of.Lane, of.Door, inFlight, false, Options.FirstWarmUp, TimeSpan.FromSeconds(1));
    }
}
