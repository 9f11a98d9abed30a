using Google.Protobuf;
using Switch.Contracts.V1;
using Switch.Service.Authorization;
using Switch.Service.Idempotency;
using Switch.Service.Journal;
using Switch.Service.Journal.Records;

namespace Switch.Service.Recovery;

/// <summary>
/// Looks through the shared index for what the dead have left: claims whose lease has run out, which it takes over and
/// reverses, and reversals whose owner's disk is gone, which it adopts. Any instance may; the store lets one.
/// </summary>
internal sealed class Sweeper
{
    private const int ReadsAtOnce = 64;

    private readonly IIdempotencyStore _store;
    private readonly RecordStore _records;
    private readonly RequestCoordinator _requests;
    private readonly OpenClaimIndex _index;
    private readonly InDoubt _doubts;
    private readonly Outcomes _outcomes;
    private readonly IJournal _journal;
    private readonly TimeProvider _time;
    private readonly TimeSpan _lease;
    private readonly TimeSpan _interval;
    private readonly int _max;
    private readonly ILogger<Sweeper> _logger;
    private int _skip;

    public Sweeper(
        IIdempotencyStore store, RecordStore records, RequestCoordinator requests, OpenClaimIndex index, InDoubt doubts,
        Outcomes outcomes, IJournal journal, SwitchOptions options, TimeProvider time, ILogger<Sweeper> logger)
    {
        _store = store;
        _records = records;
        _requests = requests;
        _index = index;
        _doubts = doubts;
        _outcomes = outcomes;
        _journal = journal;
        _time = time;
        _lease = options.Redis.Lease;
        _interval = options.Recovery.SweepInterval;
        _max = options.Recovery.SweepMax;
        _logger = logger;
    }

    /// <summary>One look through the index, or as far as it comes until the next is due.</summary>
    public async ValueTask SweepAsync()
    {
        if (await _store.PeersAsync() is not { } alive) return;
        var started = _time.GetTimestamp();
        do
        {
            // What stays open for long must not hide what is behind it: each sweep goes on where the last one ended.
            var open = await _store.ReadIndexAsync(_time.GetUtcNow() - _lease, _skip, _max);
            _skip = open is { Count: > 0 } ? _skip + _max : 0;
            if (open is not { Count: > 0 }) return;
            foreach (var notes in open.Chunk(ReadsAtOnce))
                if (!await LookAtAsync(notes, alive)) return;
        }
        while (_time.GetElapsedTime(started) < _interval);
    }

    // False when the store does not answer. One record that nobody can read must not keep the others from their turn.
    private async ValueTask<bool> LookAtAsync(string[] notes, IReadOnlyDictionary<ulong, string> alive)
    {
        var found = await Task.WhenAll(
            notes.Select(note => _records.FindAsync(OpenClaimIndex.TransactionOf(note)).AsTask()));
        if (Array.TrueForAll(found, static result => result.Kind == FindKind.Unavailable)) return false;
        for (var i = 0; i < notes.Length; i++)
        {
            var transactionId = OpenClaimIndex.TransactionOf(notes[i]);
            if (found[i].Kind == FindKind.Unavailable || _requests.IsSeated(transactionId)) continue;
            try
            {
                if (await IsOverAsync(transactionId, found[i], alive)) await _index.RemoveAsync(notes[i]);
            }
            catch (InvalidProtocolBufferException e)
            {
                Log.RecoveryFailed(_logger, nameof(Sweeper), e);
            }
        }

        return true;
    }

    // Whether nothing about it is open any more.
    private async ValueTask<bool> IsOverAsync(
        string transactionId, FindResult found, IReadOnlyDictionary<ulong, string> alive)
    {
        if (found.Kind == FindKind.Absent) return true;
        var record = found.Record;
        if (record.State == RecordState.InFlight)
        {
            var (claim, _) = await _requests.TryTakeAsync(transactionId, record, holderIsGone: false);
            // It stays in the index until it is final and nothing is owed.
            if (claim is not null) await _doubts.FinishAsync(claim, InDoubt.RecoveryPatience);
            return false;
        }

        if (!record.ReversalOwed) return true;
        if (record.Owner.Journal != _journal.Id && alive.ContainsKey(record.Owner.Journal)) return false;
        var reversal = record.Reversal();
        var id = Outcomes.AdviceId(reversal, AdviceKinds.Reversal);
        if (record.Owner.Journal == _journal.Id && await _journal.FindAdviceAsync(id, default) is not null)
            return false;
        await AdoptAsync(transactionId, record, reversal);
        return false;
    }

    // Its owner's journal does not know of it, or is gone with its disk. Take it, then act.
    private async ValueTask AdoptAsync(string transactionId, IdempotencyRecord record, ReversalRecord reversal)
    {
        var taken = await _records.AmendAsync(transactionId, record, record.Flags, record.ReversalData);
        if (taken.Kind != FencedKind.Done) return;
        Log.ReversalAdopted(_logger, transactionId);
        var kept = new OutcomeRow(
            transactionId, _time.GetUtcNow().ToUnixTimeMilliseconds(),
            _records.EncodeAmended(record, record.Flags, record.ReversalData), IsSettled: true);
        // Should this fail, the next sweep finds a record of ours whose advice is not here, and tries again.
        var answer = AuthorizeResponse.Parser.ParseFrom(record.Answer.Span);
        await _journal.WriteAsync(_outcomes.Adopted(reversal, answer, kept));
    }
}
