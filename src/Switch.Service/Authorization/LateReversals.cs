using Switch.Service.Idempotency;
using Switch.Service.Journal;
using Switch.Service.Journal.Records;

namespace Switch.Service.Authorization;

/// <summary>
/// Takes back, in the journal, what this instance has done for a request that ends otherwise: outcomes that the store
/// refused, and attempts that whoever ended the request does not know of.
/// </summary>
internal sealed class LateReversals
{
    private readonly Outcomes _outcomes;
    private readonly IJournal _journal;
    private readonly ILogger<LateReversals> _logger;

    public LateReversals(Outcomes outcomes, IJournal journal, ILogger<LateReversals> logger)
    {
        _outcomes = outcomes;
        _journal = journal;
        _logger = logger;
    }

    /// <summary>Takes back an outcome: its events are not told, and what it has approved is reversed.</summary>
    /// <param name="transactionId">Of the request.</param>
    /// <param name="reversalData">Of the outcome's record.</param>
    /// <param name="flags">Of the outcome's record.</param>
    /// <param name="standing">The record that stands in the store; without value when there is none.</param>
    public async ValueTask<JournalFault> SupersedeAsync(
        string transactionId, ReadOnlyMemory<byte> reversalData, byte flags, IdempotencyRecord standing)
    {
        var step = _outcomes.Superseded(transactionId, reversalData, flags, standing);
        var fault = await WriteAsync(step);
        if (fault != JournalFault.None) return fault;
        _journal.Supersede(transactionId);
        Log.OutcomeSuperseded(_logger, transactionId, step.Advice is not null);
        return fault;
    }

    /// <summary>Reverses an attempt on its own.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="standing">The record that stands in the store; without value when there is none.</param>
    public ValueTask<JournalFault> ReverseAsync(AttemptRecord attempt, IdempotencyRecord standing) =>
        WriteAsync(_outcomes.LateReversal(attempt, standing));

    /// <summary>The same, and a person decides: a terminal was told that the attempt was approved.</summary>
    /// <param name="attempt">The attempt.</param>
    public ValueTask<JournalFault> ParkAsync(AttemptRecord attempt) => WriteAsync(_outcomes.ParkedReversal(attempt));

    /// <summary>The same for the attempt of an intent, which goes.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="standing">The record that stands in the store; without value when there is none.</param>
    public ValueTask<JournalFault> ReverseIntentAsync(AttemptRecord attempt, IdempotencyRecord standing) =>
        WriteAsync(_outcomes.LateReversal(attempt, standing) with { CloseIntent = attempt.Draft.TransactionId });

    /// <summary>
    /// Takes back an unsettled outcome of another attempt than the claim's, which is about to take its place.
    /// </summary>
    public async ValueTask<JournalFault> SupersedeOtherAsync(Claim claim)
    {
        if (_journal.FindUnsettled(claim.TransactionId) is not { } outcome
            || !IdempotencyRecord.TryDecode(outcome.Record, out var kept, out _) || kept.ReversalData.IsEmpty)
            return JournalFault.None;
        return kept.Reversal().Original.IsSame(AttemptOf(claim))
            ? JournalFault.None
            : await SupersedeAsync(claim.TransactionId, kept.ReversalData, kept.Flags, standing: default);
    }

    /// <summary>
    /// Reverses the attempt of an intent that is not the claim's: the end of the request will take the intent with it.
    /// </summary>
    public async ValueTask<JournalFault> ReverseOtherIntentAsync(Claim claim)
    {
        if (_journal.FindIntent(claim.TransactionId) is not { } intent
            || !IdempotencyRecord.TryDecode(intent.Detail, out var record, out _) || record.ReversalData.IsEmpty)
            return JournalFault.None;
        var attempt = AttemptRecord.Parser.ParseFrom(record.ReversalData.Span);
        return attempt.IsSame(AttemptOf(claim))
            ? JournalFault.None
            : await ReverseIntentAsync(attempt, standing: default);
    }

    private static AttemptRecord? AttemptOf(Claim claim) =>
        claim.Attempt.IsEmpty ? null : AttemptRecord.Parser.ParseFrom(claim.Attempt.Span);

    private async ValueTask<JournalFault> WriteAsync(JournalStep step)
    {
        var fault = await _journal.WriteAsync(step);
        if (fault == JournalFault.None && step.Advice is { State: AdviceStates.Parked } parked)
            Log.AdviceParked(_logger, parked.TransactionId, parked.Acquirer, parked.Reason);
        return fault;
    }
}
