using System.Collections.Concurrent;
using Switch.Service.Recovery;

namespace Switch.Service.Idempotency;

/// <summary>
/// Keeps the shared index of what stays open, so that a sweeper of any instance finds what the death of this one leaves
/// behind. Kept lazily: a claim gets in only when it has been open over two looks, so the common path costs nothing.
/// What dies younger than that is found by its terminal's retry, or by this instance's own restart.
/// </summary>
internal sealed class OpenClaimIndex
{
    // A note of its own: an instance that has ended its work on a request takes its own note out, and may not take out
    // what another, or itself, has noted of the reversal.
    private const char OwedMark = '!';

    private readonly IIdempotencyStore _store;
    private readonly RequestCoordinator _requests;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly ILogger<OpenClaimIndex> _logger;
    private readonly ConcurrentDictionary<string, bool> _unkept = new(StringComparer.Ordinal);
    private readonly HashSet<string> _indexed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _toKeep = new(StringComparer.Ordinal);

    public OpenClaimIndex(
        IIdempotencyStore store, RequestCoordinator requests, RecoveryOptions options, TimeProvider time,
        ILogger<OpenClaimIndex> logger)
    {
        _store = store;
        _requests = requests;
        _time = time;
        _interval = options.IndexInterval;
        _logger = logger;
    }

    /// <summary>The transaction that a note in the index is about.</summary>
    public static string TransactionOf(string note) => note.TrimEnd(OwedMark);

    /// <summary>
    /// Puts a transaction in the index for good: its reversal is owed, whoever lives. False when the store did not
    /// answer; then the looks go on trying for as long as this process lives.
    /// </summary>
    public async ValueTask<bool> KeepAsync(string transactionId)
    {
        var note = transactionId + OwedMark;
        if (await _store.IndexAsync([note], [])) return true;
        // A set: whoever is refused asks again and again while the store is away.
        _unkept.TryAdd(note, true);
        return false;
    }

    /// <summary>Takes the note of an owed reversal out: nobody owes it any more.</summary>
    public ValueTask<bool> ForgetAsync(string transactionId) => RemoveAsync(transactionId + OwedMark);

    /// <summary>Takes a note out: nothing that it is about is open any more.</summary>
    public ValueTask<bool> RemoveAsync(string note) => _store.IndexAsync([], [note]);

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await Task.Delay(_interval, _time, stopping).ConfigureAwait(Awaits.Quietly);
            if (_store.IsTrusted) await TryLookAsync();
        }
    }

    // A bug: the looks go on, for what they miss nobody else finds.
    private async ValueTask TryLookAsync()
    {
        try
        {
            await LookAsync();
        }
        catch (Exception e)
        {
            Log.RecoveryFailed(_logger, nameof(OpenClaimIndex), e);
        }
    }

    private async ValueTask LookAsync()
    {
        while (_requests.TryTakeAbandoned(out var abandoned)) _toKeep.Add(abandoned);
        foreach (var owed in _unkept.Keys)
            if (_unkept.TryRemove(owed, out _)) _toKeep.Add(owed);
        _indexed.ExceptWith(_toKeep);
        if (_toKeep.Count > 0 && await _store.IndexAsync(_toKeep, [])) _toKeep.Clear();
        var open = new HashSet<string>(StringComparer.Ordinal);
        var add = new List<string>();
        foreach (var transactionId in _requests.OpenOverTwoLooks())
        {
            open.Add(transactionId);
            if (!_indexed.Contains(transactionId)) add.Add(transactionId);
        }

        var remove = _indexed.Where(transactionId => !open.Contains(transactionId)).ToList();
        if (add.Count + remove.Count == 0 || !await _store.IndexAsync(add, remove)) return;
        _indexed.UnionWith(add);
        _indexed.ExceptWith(remove);
    }
}
