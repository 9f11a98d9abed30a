using Switch.Chaos.Programs;
using Switch.Programs;

namespace Switch.Chaos.Overload;

/// <summary>The switch's own time for refusals, from its metrics: as they stand, or between two readings.</summary>
internal readonly record struct RefusalTimes(double Count, double Seconds, double UnderOneMs)
{
    public double MeanMs => Count > 0 ? Seconds * 1000 / Count : 0;

    public double UnderOneMsShare => Count > 0 ? UnderOneMs / Count : 0;

    public static RefusalTimes operator -(RefusalTimes to, RefusalTimes from) =>
        new(to.Count - from.Count, to.Seconds - from.Seconds, to.UnderOneMs - from.UnderOneMs);

    public static RefusalTimes operator +(RefusalTimes one, RefusalTimes other) =>
        new(one.Count + other.Count, one.Seconds + other.Seconds, one.UnderOneMs + other.UnderOneMs);

    /// <summary>
    /// Unary: the call, from its message having been read to its status. Stream: from having read to having written.
    /// </summary>
    public static async Task<RefusalTimes> ReadAsync(SwitchInstance instance, Door door)
    {
        var (name, labels) = door is UnaryDoor
            ? ("rpc_server_call_duration_seconds", (string[])["rpc_response_status_code=\"RESOURCE_EXHAUSTED\""])
            : ("cardswitch_stream_refusal_duration_seconds",
                ["reason=\"overloaded\"", "reason=\"stream_window_full\""]);
        var metrics = await instance.MetricsAsync() ?? throw new HarnessException("the switch shows no metrics");
        return labels
            .Select(label => new RefusalTimes(
                metrics.Sum($"{name}_count", label),
                metrics.Sum($"{name}_sum", label),
                metrics.Sum($"{name}_bucket", label, "le=\"0.001\"")))
            .Aggregate((one, other) => one + other);
    }
}
