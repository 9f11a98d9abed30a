using Switch.Programs;
using static System.FormattableString;

namespace Switch.Load.Compare;

/// <summary>How long a server was warmed up, and what its compiler still took of one core when that ended.</summary>
internal sealed record WarmUp(Contender Contender, double Seconds, double CompilerShare, bool IsQuiet)
{
    public override string ToString() =>
        Invariant($"warmed {ContenderNames.Of(Contender)} for {Seconds:0} s: ") + (IsQuiet
            ? Invariant($"its compiler takes {CompilerShare:0.0%} of a core")
            : Invariant($"STILL COMPILING, {CompilerShare:0.0%} of a core; the first rounds have that in them"));

    /// <summary>Drives a server, turn after turn, until its compiler has levelled off.</summary>
    /// <param name="stage">Where it runs.</param>
    /// <param name="contender">Which it is.</param>
    /// <param name="shapes">In how many shapes it is driven.</param>
    /// <param name="before">How long it has been driven already.</param>
    /// <param name="turn">Drives it for <see cref="CompilerWatch.Turn"/>; given how many turns there were.</param>
    /// <param name="stop">Ends the run.</param>
    public static async Task<WarmUp> UntilQuietAsync(
        Stage stage, Contender contender, int shapes, TimeSpan before, Func<int, Task> turn, CancellationToken stop)
    {
        var clock = new RunClock();
        var watch = new CompilerWatch(shapes, await LookAsync());
        while (!watch.IsOver)
        {
            stop.ThrowIfCancellationRequested();
            await turn(watch.Turns);
            watch.Add(await LookAsync());
        }

        return new WarmUp(contender, (before + watch.Time).TotalSeconds, watch.Share, watch.IsQuiet);

        async Task<CompilerLook> LookAsync()
        {
            var compiled = await stage[contender].CompilerTimeAsync();
            return new CompilerLook(clock.Now, compiled);
        }
    }
}
