using Switch.Service.Idempotency;

namespace Switch.Service.Journal;

/// <summary>
/// Finds what an earlier process did not know to be settled, from its kept records in their order. A later record of a
/// transaction settles an earlier one when it takes it back (it is empty) or is of the same claim. One of another claim
/// is of whoever ended the request otherwise: the earlier outcome does not stand, which somebody has yet to say.
/// </summary>
internal sealed class UnsettledRecall(UnsettledOutcomes unsettled)
{
    private readonly Dictionary<string, Fence> _fences = new(StringComparer.Ordinal);

    public void Take(long sequence, OutcomeRow outcome)
    {
        if (!outcome.IsSettled && !outcome.Record.IsEmpty)
        {
            unsettled.Add(outcome.TransactionId, sequence);
            if (FenceOf(outcome) is { } fence) _fences[outcome.TransactionId] = fence;
        }
        else if (!IsOfAnotherClaim(outcome))
        {
            unsettled.Settle(outcome.TransactionId);
            _fences.Remove(outcome.TransactionId);
        }

        unsettled.Advance(sequence);
    }

    private bool IsOfAnotherClaim(OutcomeRow settled) =>
        _fences.TryGetValue(settled.TransactionId, out var fence)
        && FenceOf(settled) is { } other && other != fence;

    private static Fence? FenceOf(OutcomeRow outcome) =>
        IdempotencyRecord.TryDecode(outcome.Record, out var record, out _) ? record.Fence : null;
}
