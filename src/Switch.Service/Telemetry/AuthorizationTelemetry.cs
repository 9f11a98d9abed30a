using System.Diagnostics;
using System.Diagnostics.Metrics;
using Switch.Contracts.V1;
using Switch.Service.Authorization;

namespace Switch.Service.Telemetry;

/// <summary>Steps of the pipeline: the values of the "stage" tag and the names of the spans.</summary>
internal static class Stages
{
    public const string Validate = "validate";
    public const string Route = "route";
    public const string Claim = "claim";
    public const string JournalIntent = "journal_intent";
    public const string Attempt = "attempt";
    public const string JournalOutcome = "journal_outcome";
    public const string Complete = "complete";
}

/// <summary>
/// Durations and spans of authorizations and their stages. Tags come from small closed sets: acquirer, outcome, entry
/// mode, stage; never card, merchant or terminal.
/// </summary>
internal sealed class AuthorizationTelemetry
{
    public const string Name = "cardswitch";

    private static readonly ActivitySource Source = new(Name);
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _stages;
    private readonly Counter<long> _refusals;
    private readonly Histogram<double> _streamRefusals;
    private readonly TimeProvider _time;

    public AuthorizationTelemetry(Meter meter, TimeProvider time)
    {
        _time = time;
        _duration = meter.CreateHistogram<double>(
            "cardswitch.authorization.duration", "s", "From admission to the answer, refusals excluded");
        _stages = meter.CreateHistogram<double>("cardswitch.stage.duration", "s", "Time in one stage of the pipeline");
        _refusals = meter.CreateCounter<long>(
            "cardswitch.refusals", "{request}", "Requests without a final answer, by reason");
        _streamRefusals = meter.CreateHistogram<double>(
            "cardswitch.stream.refusal.duration", "s",
            "From reading a request of a stream to having written that it is refused");
    }

    public long Now => _time.GetTimestamp();

    /// <summary>Begins a stage; dispose what it returns when the stage is over.</summary>
    public Stage Begin(string stage) => new(this, stage, Source.StartActivity(stage));

    /// <summary>Records an answer.</summary>
    public void Answered(AuthorizeResponse answer, EntryMode entryMode, long started) =>
        _duration.Record(
            _time.GetElapsedTime(started).TotalSeconds,
            new("acquirer", answer.Acquirer),
            new("outcome", OutcomeName(answer)),
            new("entry_mode", EntryModeName(entryMode)));

    /// <summary>Records a refusal.</summary>
    public void Refused(RefusalReason reason) =>
        _refusals.Add(1, new KeyValuePair<string, object?>("reason", ReasonName(reason)));

    /// <summary>Records that a stream was told of a refusal; a unary call has rpc.server.call.duration for
    /// it.</summary>
    public void RefusedInStream(RefusalReason reason, long read) =>
        _streamRefusals.Record(
            _time.GetElapsedTime(read).TotalSeconds, new KeyValuePair<string, object?>("reason", ReasonName(reason)));

    private static string OutcomeName(AuthorizeResponse answer) => answer switch
    {
        { Replayed: true } => "replayed",
        { Outcome: Outcome.Approved } => "approved",
        { Outcome: Outcome.PartiallyApproved } => "partially_approved",
        { DeclinedBy: DeclinedBy.Issuer } => "declined_by_issuer",
        { DeclinedBy: DeclinedBy.Switch } => "declined_by_switch",
        _ => "technical_failure",
    };

    private static string EntryModeName(EntryMode mode) => mode switch
    {
        EntryMode.Manual => "manual",
        EntryMode.MagneticStripe => "magnetic_stripe",
        EntryMode.Chip => "chip",
        EntryMode.Contactless => "contactless",
        EntryMode.FallbackStripe => "fallback_stripe",
        EntryMode.Ecommerce => "ecommerce",
        _ => "unknown",
    };

    private static string ReasonName(RefusalReason reason) => reason switch
    {
        RefusalReason.InvalidRequest => "invalid_request",
        RefusalReason.KeyReused => "key_reused",
        RefusalReason.InProgress => "in_progress",
        RefusalReason.Overloaded => "overloaded",
        RefusalReason.StreamWindowFull => "stream_window_full",
        RefusalReason.StoreUnavailable => "store_unavailable",
        RefusalReason.JournalUnavailable => "journal_unavailable",
        RefusalReason.Draining or RefusalReason.NotReady => "not_ready",
        RefusalReason.DeadlineExceeded => "deadline_exceeded",
        RefusalReason.Internal => "internal",
        _ => "not_permitted",
    };

    /// <summary>One stage under measurement.</summary>
    public readonly struct Stage : IDisposable
    {
        private readonly AuthorizationTelemetry _telemetry;
        private readonly string _name;
        private readonly Activity? _activity;
        private readonly long _started;

        internal Stage(AuthorizationTelemetry telemetry, string name, Activity? activity)
        {
            _telemetry = telemetry;
            _name = name;
            _activity = activity;
            _started = telemetry.Now;
        }

        public void Dispose()
        {
            var elapsed = _telemetry._time.GetElapsedTime(_started);
            _telemetry._stages.Record(elapsed.TotalSeconds, new KeyValuePair<string, object?>("stage", _name));
            _activity?.Dispose();
        }
    }
}
