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
    private readonly IIdempotencyStore _store;
    private readonly RequestCoordinator _requests;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly ConcurrentQueue<string> _kept = new();
    private readonly ConcurrentQueue<string> _unkept = new();
    private readonly HashSet<string> _indexed = new(StringComparer.Ordinal);
    // In for good: not this loop's to remove when somebody here has ended the work on them.
    private readonly HashSet<string> _stay = new(StringComparer.Ordinal);
    private readonly HashSet<string> _toKeep = new(StringComparer.Ordinal);

    public OpenClaimIndex(
        IIdempotencyStore store, RequestCoordinator requests, RecoveryOptions options, TimeProvider time)
    {
        _store = store;
        _requests = requests;
        _time = time;
        _interval = options.IndexInterval;
    }

    /// <summary>
    /// Puts a transaction in the index for good: its reversal is owed, whoever lives. False when the store did not
    /// answer; then the looks go on trying for as long as this process lives.
    /// </summary>
    public async ValueTask<bool> KeepAsync(string transactionId)
    {
        _kept.Enqueue(transactionId);
        if (await _store.IndexAsync([transactionId], [])) return true;
        _unkept.Enqueue(transactionId);
        return false;
    }

    /// <summary>Takes a transaction out: nothing about it is open any more.</summary>
    public ValueTask<bool> RemoveAsync(string transactionId) => _store.IndexAsync([], [transactionId]);

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await Task.Delay(_interval, _time, stopping).ConfigureAwait(Awaits.Quietly);
            if (_store.IsTrusted) await LookAsync();
        }
    }

    private async ValueTask LookAsync()
    {
        while (_requests.TryTakeAbandoned(out var abandoned)) _toKeep.Add(abandoned);
        while (_unkept.TryDequeue(out var owed)) _toKeep.Add(owed);
        if (_toKeep.Count > 0 && await _store.IndexAsync(_toKeep, []))
        {
            _stay.UnionWith(_toKeep);
            _toKeep.Clear();
        }

        // Nothing is awaited from here to the write, so that a note made meanwhile is behind it.
        while (_kept.TryDequeue(out var kept)) _stay.Add(kept);
        _indexed.ExceptWith(_stay);
        var open = new HashSet<string>(StringComparer.Ordinal);
        var add = new List<string>();
        foreach (var transactionId in _requests.OpenOverTwoLooks())
        {
            open.Add(transactionId);
            if (!_indexed.Contains(transactionId) && !_stay.Contains(transactionId)) add.Add(transactionId);
        }

        _stay.RemoveWhere(transactionId => !_requests.IsSeated(transactionId));
        var remove = _indexed.Where(transactionId => !open.Contains(transactionId)).ToList();
        if (add.Count + remove.Count == 0 || !await _store.IndexAsync(add, remove)) return;
        _indexed.UnionWith(add);
        _indexed.ExceptWith(remove);
    }
}
