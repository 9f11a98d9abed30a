using Switch.Contracts.V1;
using Switch.Service.Acquirers;
using Switch.Service.Journal.Records;

namespace Switch.Service.Authorization;

/// <summary>How the attempts of one payment went, first to last.</summary>
internal sealed class AttemptRun
{
    public AttemptRun(TransactionEvent draft) => Draft = draft;

    /// <summary>The run of a holder that is gone: its last attempt may have been sent, and is to be reversed
    /// (S8).</summary>
    public static AttemptRun InDoubt(AttemptRecord attempt)
    {
        var run = new AttemptRun(attempt.Draft) { WasRecovered = true, MustReverse = true };
        run.Count = attempt.Attempt;
        run.Attempt = attempt;
        run.Result = AttemptResult.SentUnknown("recovered");
        return run;
    }

    /// <summary>Recovery ends it, not the request that began it.</summary>
    public bool WasRecovered { get; private init; }

    /// <summary>The facts of the transaction that do not depend on its outcome.</summary>
    public TransactionEvent Draft { get; }

    /// <summary>Attempts begun, 0 to 4.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// The attempt that decides: the last one that reached an acquirer, or the last of all when none did. Null when
    /// none was begun.
    /// </summary>
    public AttemptRecord? Attempt { get; private set; }

    /// <summary>How <see cref="Attempt"/> ended.</summary>
    public AttemptResult Result { get; private set; } = AttemptResult.NotSent("no_candidate");

    /// <summary>The deciding attempt has to be taken back before anything is answered.</summary>
    public bool MustReverse { get; private set; }

    /// <summary>An attempt could not be made durable; nothing of it was sent.</summary>
    public Refusal? Refusal { get; private set; }

    /// <summary>Some acquirer may have seen this payment.</summary>
    public bool WasSent => Result.Kind != AttemptKind.NotSent;

    /// <summary>
    /// The same facts for one attempt; a later one gets a copy, because an earlier one may still decide.
    /// </summary>
    public TransactionEvent DraftFor(int position, string reason)
    {
        if (position == 0) return Draft;
        var draft = Draft.Clone();
        draft.RouteReason = reason;
        return draft;
    }

    public void Add(AttemptRecord attempt, in AttemptResult result)
    {
        Count++;
        // A definite decline stands when the attempt after it could not be sent.
        if (result.Kind == AttemptKind.NotSent && WasSent) return;
        Attempt = attempt;
        Result = result;
    }

    public void ReverseLast() => MustReverse = true;

    public void Refuse(Refusal refusal) => Refusal = refusal;
}
