using Switch.Load.Runs;
using static System.FormattableString;

namespace Switch.Load.Reports;

/// <summary>A result as people read it in a terminal.</summary>
internal static class RunTable
{
    public static async Task PrintAsync(RunResult result, TextWriter output)
    {
        await output.WriteLineAsync(
            $"\n{(result.Callers > 0 ? " callers" : " asked/s")}   got/s     due  errors dropped   late      p50      "
            + "p90      p99    p99.9      max  ms");
        foreach (var step in result.Measured)
        {
            await output.WriteLineAsync(
                Invariant($"{(result.Callers > 0 ? result.Callers : step.AskedPerSecond),8:0.#} ")
                + Invariant($"{step.AchievedPerSecond,7:0.0} {step.Due,7} {step.Failed + step.Unanswered,7} ")
                + Invariant($"{step.Dropped,7} {step.LateShare,6:0.0%}{Row(step.Latency)}"));
            if (result.Callers == 0)
                await output.WriteLineAsync($"{"from sending",48}{Row(step.LatencyFromSending)}");
        }

        await output.WriteLineAsync();
        foreach (var (name, count) in result.Replies()) await output.WriteLineAsync(Invariant($"{count,10}  {name}"));
        if (result.Unanswered > 0)
            await output.WriteLineAsync(Invariant($"{result.Unanswered,10}  without a reply when the run was over"));
        if (result.Callers > 0)
        {
            await output.WriteLineAsync(
                "closed loop: latencies are service times, not those of callers who come anyway");
        }

        if (result.Replies().Any(static r => r.Key.Contains("_UNKNOWN", StringComparison.Ordinal)))
        {
            await output.WriteLineAsync(
                "The switch does not know these terminals: name its own with --terminals-file, or give it those that "
                + "the verb \"merchants\" prints.");
        }

        if (result.IsVoid)
        {
            await output.WriteLineAsync(
                "VOID: the generator began more than 2 % over 5 ms late; it is what was measured");
        }
    }

    private static string Row(LatencyResult l) => Invariant(
        $" {l.P50,8:0.00} {l.P90,8:0.00} {l.P99,8:0.00} {l.P999,8:0.00} {l.Max,8:0.00}");
}
