using Switch.Service.Advices;
using Switch.Service.Authorization;
using Switch.Service.Idempotency;
using Switch.Service.Journal;

namespace Switch.Service.Recovery;

/// <summary>
/// Tells the shared record that its reversal is no longer owed: the sealed card goes from it, and it leaves the index.
/// Safe to miss: a sweep that finds the record still owed and no advice for it sends the reversal once more, and the
/// acquirer knows it.
/// </summary>
internal sealed class OwedReversals
{
    private const int RoundsMax = 4;

    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(1);

    private readonly RecordStore _records;
    private readonly RequestCoordinator _requests;
    private readonly OpenClaimIndex _index;
    private readonly IJournal _journal;
    private readonly TimeProvider _time;

    public OwedReversals(
        RecordStore records, RequestCoordinator requests, OpenClaimIndex index, IJournal journal, TimeProvider time)
    {
        _records = records;
        _requests = requests;
        _index = index;
        _journal = journal;
        _time = time;
    }

    /// <summary>An advice was acknowledged, or is about to be closed by a person.</summary>
    /// <returns>Whether the record says that nothing is owed; false when the store did not answer.</returns>
    public async ValueTask<bool> SettledAsync(AdviceRow advice)
    {
        if (advice.Kind != AdviceKinds.Reversal || AdviceRecords.TryParse(advice) is not { } reversal) return true;
        var found = await _records.FindAsync(advice.TransactionId);
        if (found is { Kind: FindKind.Found, Record.State: RecordState.InFlight })
        {
            // The acquirer was quicker than the store: the outcome is on its way.
            var ended = await _requests.WaitForEndAsync(advice.TransactionId, EndPatience, CancellationToken.None);
            if (ended.Kind == WaitKind.Ended) found = new FindResult(FindKind.Found, ended.Record);
        }

        for (var round = 0; round < RoundsMax; round++)
        {
            if (found.Kind != FindKind.Found) return found.Kind == FindKind.Absent;
            if (found.Record.State == RecordState.InFlight) return false;
            if (found.Record is not { State: RecordState.Final, ReversalOwed: true } record) return true;
            // Another attempt's, which the request has been ended with since, is owed as before.
            if (!record.Covers(reversal.Original)) return true;
            var flags = (byte)(record.Flags & ~IdempotencyRecord.ReversalOwedFlag);
            var amended = await _records.AmendAsync(advice.TransactionId, record, flags, default);
            if (amended.Kind == FencedKind.Done)
            {
                var nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
                await _journal.WriteAsync(new JournalStep
                {
                    Outcome = new OutcomeRow(
                        advice.TransactionId, nowMs, _records.EncodeAmended(record, flags, default), IsSettled: true),
                });
                await _index.ForgetAsync(advice.TransactionId);
                return true;
            }

            if (amended.Kind != FencedKind.LostClaim) return amended.Kind == FencedKind.Gone;
            found = new FindResult(FindKind.Found, amended.Current);
        }

        return false;
    }
}
