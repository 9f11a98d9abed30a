using System.Globalization;
using Google.Protobuf;
using Switch.Contracts.V1;
using Switch.Service.Acquirers;
using Switch.Service.Events;
using Switch.Service.Journal;
using Switch.Service.Journal.Records;
using Switch.Service.Keys;

namespace Switch.Service.Authorization;

/// <summary>
/// What the journal has to hold before a terminal may hear of it: events, and the reversal that an attempt in doubt
/// owes. Each outcome is one step, so all of it is durable or none.
/// </summary>
internal sealed class Outcomes
{
    private readonly TransactionEvents _events;
    private readonly TransactionIdentity _identity;
    private readonly TimeProvider _time;

    public Outcomes(TransactionEvents events, TransactionIdentity identity, TimeProvider time)
    {
        _events = events;
        _identity = identity;
        _time = time;
    }

    /// <summary>A final answer, with its reversal when it has to be taken back.</summary>
    public JournalStep Final(AttemptRun run, AuthorizeResponse answer)
    {
        var draft = run.Attempt!.Draft;
        var authorized = _events.Authorized(draft, answer, run.Result.AcquirerCode, run.Count);
        if (!run.MustReverse) return new JournalStep { CloseIntent = draft.TransactionId, Events = [authorized] };

        var reversal = ReversalOf(run, CauseOf(run.Result));
        return new JournalStep
        {
            CloseIntent = draft.TransactionId,
            Events = [authorized, _events.ReversalQueued(draft, reversal.Original.Acquirer, reversal.Cause)],
            Advice = AdviceFor(reversal),
        };
    }

    /// <summary>Declined 91 without having been sent.</summary>
    public JournalStep NotSent(AttemptRun run, AuthorizeResponse answer) => new()
    {
        CloseIntent = run.Count > 0 ? run.Draft.TransactionId : null,
        Events = [_events.NotSent(run.Attempt?.Draft ?? run.Draft, answer, run.Count)],
    };

    /// <summary>Declined because its reversal came first.</summary>
    public JournalStep Tombstoned(PaymentRequest request, PaymentRoute route, AuthorizeResponse answer) => new()
    {
        Events = [_events.Authorized(_events.Draft(request, route), answer, "", 0)],
    };

    /// <summary>A reversal that the terminal asked for.</summary>
    public JournalStep ReversedByTerminal(ReversalRecord reversal) => new()
    {
        Events = [_events.ReversalQueued(reversal.Original.Draft, reversal.Original.Acquirer, reversal.Cause)],
        Advice = AdviceFor(reversal),
    };

    /// <summary>What the Redis record keeps so that any instance can reverse an approval; empty unless approved.</summary>
    public static ReadOnlyMemory<byte> ReversalData(AttemptRun run) =>
        run.Result.Kind == AttemptKind.Approved && !run.MustReverse
            ? ReversalOf(run, ReversalCause.Terminal).ToByteArray()
            : ReadOnlyMemory<byte>.Empty;

    private static ReversalRecord ReversalOf(AttemptRun run, ReversalCause cause) => new()
    {
        Original = run.Attempt,
        Cause = cause,
        ApprovalCode = run.Result.ApprovalCode,
        AcquirerResponseCode = run.Result.AcquirerCode,
        ApprovedMinor = run.Result.ApprovedMinor,
    };

    private static ReversalCause CauseOf(in AttemptResult result) => result.Kind switch
    {
        AttemptKind.Approved => ReversalCause.PartialNotSupported,
        AttemptKind.Declined => ReversalCause.UnclearAnswer,
        _ => ReversalCause.NoAnswer,
    };

    // DE 11 and DE 7 of the advice are settled here: every repeat has to look like the first (S6).
    private AdviceRow AdviceFor(ReversalRecord reversal)
    {
        var now = _time.GetUtcNow();
        var nowMs = now.ToUnixTimeMilliseconds();
        var draft = reversal.Original.Draft;
        var id = TransactionIdentity.EventId(draft.TransactionId, AdviceKinds.Reversal);
        reversal.Stan = _identity.AdviceStan(id);
        reversal.TransmissionDateTime = now.ToString("MMddHHmmss", CultureInfo.InvariantCulture);
        return new AdviceRow(
            id, draft.TransactionId, reversal.Original.Acquirer, AdviceKinds.Reversal, AdviceStates.Pending,
            draft.RetrievalReferenceNumber, nowMs, nowMs, reversal.ToByteArray());
    }
}
