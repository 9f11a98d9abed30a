using System.Globalization;
using Google.Protobuf;
using Switch.Contracts.V1;
using Switch.Service.Acquirers;
using Switch.Service.Events;
using Switch.Service.Idempotency;
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
    public Conclusion Final(AttemptRun run, AuthorizeResponse answer)
    {
        var draft = run.Attempt!.Draft;
        var authorized = _events.Authorized(draft, answer, run.Result.AcquirerCode, run.Count);
        if (!run.MustReverse)
        {
            return new Conclusion(
                answer,
                new FinalAnswer(answer.ToByteArray(), ReversalDataOf(run)),
                new JournalStep { CloseIntent = draft.TransactionId, Events = [authorized] });
        }

        var reversal = ReversalOf(run, CauseOf(run));
        var advice = AdviceFor(reversal, AdviceKinds.Reversal);
        return new Conclusion(
            answer,
            new FinalAnswer(answer.ToByteArray(), advice.Detail, IdempotencyRecord.ReversalOwedFlag),
            new JournalStep
            {
                CloseIntent = draft.TransactionId,
                Events = [authorized, _events.ReversalQueued(reversal)],
                Advice = advice,
            },
            new TakenBack(run.Count, reversal.Original.Acquirer, reversal.Cause, DetailOf(run.Result)));
    }

    /// <summary>Declined 91 without having been sent.</summary>
    public JournalStep NotSent(AttemptRun run, AuthorizeResponse answer) => new()
    {
        CloseIntent = run.Count > 0 ? run.Draft.TransactionId : null,
        Events = [_events.NotSent(run.Attempt?.Draft ?? run.Draft, answer, run.Count)],
    };

    /// <summary>Declined because its reversal came first.</summary>
    public Conclusion Tombstoned(PaymentRequest request, PaymentRoute route, AuthorizeResponse answer) => new(
        answer,
        new FinalAnswer(
            answer.ToByteArray(), default, IdempotencyRecord.TombstonedFlag | IdempotencyRecord.ReversalRequestedFlag),
        new JournalStep { Events = [_events.Authorized(_events.Draft(request, route), answer, "", 0)] });

    /// <summary>A reversal of an approval that a terminal asked for: what is owed, and what is told of it.</summary>
    public JournalStep ReversedByTerminal(ReversalRecord reversal, OutcomeRow outcome) => new()
    {
        Events = [_events.ReversalQueued(reversal)],
        Advice = AdviceFor(reversal, AdviceKinds.Reversal),
        Outcome = outcome,
    };

    /// <summary>
    /// The same step in place of an outcome of the transaction that is not settled: that one's events go untold.
    /// </summary>
    public static JournalStep InPlaceOf(string transactionId, JournalStep step) =>
        step with { RemoveEvents = EventsOf(transactionId) };

    /// <summary>
    /// What takes back an outcome that does not stand, because another instance had taken the request over: its events
    /// are not told, and an approval is reversed on its own, whatever that other instance has reversed before it came.
    /// A reversal that it owed goes on, on its own too unless the request's end tells of it.
    /// </summary>
    /// <param name="transactionId">Of the request.</param>
    /// <param name="reversalData">Of the outcome's record.</param>
    /// <param name="flags">Of the outcome's record.</param>
    /// <param name="standing">The record that stands in the store; without value when there is none.</param>
    public JournalStep Superseded(
        string transactionId, ReadOnlyMemory<byte> reversalData, byte flags, IdempotencyRecord standing)
    {
        var step = new JournalStep
        {
            Outcome = new OutcomeRow(transactionId, NowMs(), default, IsSettled: true),
            RemoveEvents = EventsOf(transactionId),
        };
        if (reversalData.IsEmpty) return step;
        var reversal = ReversalRecord.Parser.ParseFrom(reversalData.Span);
        if ((flags & IdempotencyRecord.ReversalOwedFlag) == 0) return Late(step, reversal, standing);
        if (standing.Covers(reversal.Original)) return step;
        step = step with
        {
            ReplaceAdvice = AdviceId(reversal, AdviceKinds.Reversal),
            RemoveEvents =
            [
                .. step.RemoveEvents,
                TransactionIdentity.EventId(transactionId, TransactionEventTypes.ReversalAcknowledged),
            ],
        };
        return Late(step, reversal, standing);
    }

    /// <summary>
    /// A reversal of an attempt whose request was ended otherwise, by an instance that does not know of it.
    /// </summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="standing">The record that stands in the store; without value when there is none.</param>
    public JournalStep LateReversal(AttemptRecord attempt, IdempotencyRecord standing) =>
        Late(new JournalStep(), new ReversalRecord { Original = attempt }, standing);

    /// <summary>
    /// The same for one of which a terminal was told, while the store says otherwise: a person decides.
    /// </summary>
    public JournalStep ParkedReversal(AttemptRecord attempt) =>
        Late(new JournalStep(), new ReversalRecord { Original = attempt }, default, "the records contradict");

    /// <summary>
    /// A reversal that another instance owed whose journal is gone. The answer's own event may have gone with it, so it
    /// is told again, under the same id.
    /// </summary>
    public JournalStep Adopted(ReversalRecord reversal, AuthorizeResponse answer, OutcomeRow outcome) => new()
    {
        Events =
        [
            _events.Authorized(
                reversal.Original.Draft, answer, reversal.AcquirerResponseCode, reversal.Original.Attempt),
            _events.ReversalQueued(reversal),
        ],
        Advice = AdviceFor(reversal, AdviceKinds.Reversal),
        Outcome = outcome,
    };

    // What the record keeps so that any instance can reverse an approval; empty unless approved.
    private static ReadOnlyMemory<byte> ReversalDataOf(AttemptRun run) => run.Result.Kind == AttemptKind.Approved
        ? WordingOf(run, ReversalCause.Terminal).EncodeOf(run.Attempt!)
        : ReadOnlyMemory<byte>.Empty;

    private static ReversalRecord ReversalOf(AttemptRun run, ReversalCause cause)
    {
        var reversal = WordingOf(run, cause);
        reversal.Original = run.Attempt;
        return reversal;
    }

    // Without its original, whose bytes there are already: see EncodeOf.
    private static ReversalRecord WordingOf(AttemptRun run, ReversalCause cause) => new()
    {
        Cause = cause,
        ApprovalCode = run.Result.ApprovalCode,
        AcquirerResponseCode = run.Result.AcquirerCode,
        ApprovedMinor = run.Result.ApprovedMinor,
    };

    private static ReversalCause CauseOf(AttemptRun run) => run.Result.Kind switch
    {
        AttemptKind.Approved => ReversalCause.PartialNotSupported,
        AttemptKind.Declined => ReversalCause.UnclearAnswer,
        _ => run.WasRecovered ? ReversalCause.Recovery : ReversalCause.NoAnswer,
    };

    private static string DetailOf(in AttemptResult result) =>
        result.AcquirerCode.Length > 0 ? $"answered {result.AcquirerCode}" : result.Reason;

    // Where another attempt of the same request is approved at the same acquirer, which knows both by one DE 37, a
    // person has to look first.
    private JournalStep Late(
        JournalStep step, ReversalRecord reversal, IdempotencyRecord standing, string? whyParked = null)
    {
        reversal.Cause = ReversalCause.Recovery;
        var advice = AdviceFor(reversal, AdviceKinds.LateReversal);
        var queued = _events.ReversalQueued(reversal);
        if (standing.IsApprovalAt(reversal.Original.Acquirer)) whyParked ??= "another attempt was approved";
        if (whyParked is null) return step with { Advice = advice, Events = [queued] };
        return step with
        {
            Advice = advice with { State = AdviceStates.Parked, Reason = whyParked },
            Events = [queued, _events.ReversalParked(reversal, reversal.AcquirerResponseCode, whyParked)],
        };
    }

    // DE 11 and DE 7 of the advice are settled here: every repeat has to look like the first (S6).
    private AdviceRow AdviceFor(ReversalRecord reversal, string kind)
    {
        var now = _time.GetUtcNow();
        var draft = reversal.Original.Draft;
        reversal.IsLate = kind == AdviceKinds.LateReversal;
        var id = AdviceId(reversal, kind);
        reversal.Stan = _identity.AdviceStan(id);
        reversal.TransmissionDateTime = now.ToString("MMddHHmmss", CultureInfo.InvariantCulture);
        return new AdviceRow(
            id, draft.TransactionId, reversal.Original.Acquirer, kind, AdviceStates.Pending,
            draft.RetrievalReferenceNumber, now.ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds(),
            reversal.ToByteArray());
    }

    /// <summary>
    /// The id of an advice: of one attempt, for two attempts of one transaction have to be reversed each.
    /// </summary>
    public static string AdviceId(ReversalRecord reversal, string kind) =>
        $"{TransactionIdentity.EventId(reversal.Original.Draft.TransactionId, kind)}.{reversal.Original.Tag}";

    private static string[] EventsOf(string transactionId) =>
    [
        TransactionIdentity.EventId(transactionId, TransactionEventTypes.Authorized),
        TransactionIdentity.EventId(transactionId, TransactionEventTypes.ReversalQueued),
    ];

    private long NowMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
