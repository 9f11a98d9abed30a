using System.Diagnostics.Metrics;

namespace Switch.Service.Journal;

/// <summary>The journal's instruments; names as in the conventions, durations in seconds.</summary>
internal sealed class JournalMetrics
{
    private readonly Meter _meter;
    private readonly Histogram<double> _commitDuration;
    private readonly Histogram<int> _commitWrites;
    private readonly Counter<long> _forgottenEarly;
    private readonly Counter<long> _refused;

    public JournalMetrics(Meter meter)
    {
        _meter = meter;
        _commitDuration = meter.CreateHistogram(
            "cardswitch.journal.commit.duration",
            "s",
            "Time from taking a group of writes to its durable commit.",
            advice: new InstrumentAdvice<double>
            {
                HistogramBucketBoundaries =
                    [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
            });
        _commitWrites = meter.CreateHistogram(
            "cardswitch.journal.commit.writes",
            "{write}",
            "Writes that became durable in one commit.",
            advice: new InstrumentAdvice<int>
            {
                HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
            });
        _forgottenEarly = meter.CreateCounter<long>(
            "cardswitch.journal.forgotten_early", "{record}",
            "Kept records that went before their time for want of room.");
        _refused = meter.CreateCounter<long>(
            "cardswitch.journal.refused", "{write}", "Writes that did not become durable, by fault.");
    }

    /// <summary>Publishes the levels of a journal for as long as the meter lives.</summary>
    public void Observe(JournalState state)
    {
        _meter.CreateObservableGauge(
            "cardswitch.outbox.lag", () => state.Levels.OutboxRows, "{event}", "Events that wait for Kafka.");
        _meter.CreateObservableGauge(
            "cardswitch.journal.open_intents",
            () => state.Levels.OpenIntents,
            "{intent}",
            "Attempts whose outcome is not recorded yet.");
    }

    /// <summary>Records one durable commit.</summary>
    public void Committed(TimeSpan duration, int writes)
    {
        _commitDuration.Record(duration.TotalSeconds);
        _commitWrites.Record(writes);
    }

    /// <summary>Counts kept records that went before their time.</summary>
    public void ForgottenEarly(int records) => _forgottenEarly.Add(records);

    /// <summary>Counts one write that did not become durable.</summary>
    public void Refused(JournalFault fault) =>
        _refused.Add(1, new KeyValuePair<string, object?>("fault", NameOf(fault)));

    private static string NameOf(JournalFault fault) => fault switch
    {
        JournalFault.Full => "full",
        JournalFault.Failing => "failing",
        JournalFault.NotWritten => "not_written",
        JournalFault.Busy => "busy",
        JournalFault.Stopped => "stopped",
        JournalFault.OutboxFull => "outbox_full",
        JournalFault.AdvicesFull => "advices_full",
        JournalFault.NotFound => "not_found",
        _ => "refused",
    };
}
