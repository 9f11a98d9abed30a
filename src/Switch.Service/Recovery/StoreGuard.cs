using Microsoft.Extensions.Options;
using Switch.Service.Idempotency;
using Switch.Service.Journal;

namespace Switch.Service.Recovery;

/// <summary>
/// Watches whether the store is still the one this instance knows. A restart, a failover or a lost canary may mean lost
/// records: then nothing is claimed, taken over or replayed until this instance and every other that was alive have put
/// back what they hold (S4). Meanwhile it says that this instance lives.
/// </summary>
internal sealed class StoreGuard
{
    private const int LivesInHeartbeats = 10;
    private static readonly TimeSpan PeerPoll = TimeSpan.FromMilliseconds(50);

    private readonly IIdempotencyStore _store;
    private readonly IJournal _journal;
    private readonly PutBack _putBack;
    private readonly TimeProvider _time;
    private readonly ILogger<StoreGuard> _logger;
    private readonly TimeSpan _heartbeat;
    private readonly TimeSpan _peerWait;
    private IReadOnlyCollection<ulong>? _peers;
    private StoreIdentity? _known;

    public StoreGuard(
        IIdempotencyStore store, IJournal journal, PutBack putBack, IOptions<RedisOptions> options, TimeProvider time,
        ILogger<StoreGuard> logger)
    {
        _store = store;
        _journal = journal;
        _putBack = putBack;
        _time = time;
        _logger = logger;
        _heartbeat = options.Value.HeartbeatInterval;
        _peerWait = options.Value.PeerWait;
    }

    /// <summary>Watches until stopped.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stopping);
                await _store.WaitForChangeAsync(_heartbeat, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Log.RecoveryFailed(_logger, nameof(StoreGuard), e);
                await Task.Delay(_heartbeat, _time, stopping).ConfigureAwait(Awaits.Quietly);
            }
        }
    }

    /// <summary>Says that nobody has to wait for this instance: it has ended in good order.</summary>
    public ValueTask<bool> LeaveAsync() => _store.LeaveAsync(_journal.Id);

    private async ValueTask LookAsync(CancellationToken stopping)
    {
        var generation = _store.Generation;
        if (await _store.IdentifyAsync() is not { } identity) return;
        if (_store.IsTrusted && identity != _known)
        {
            // No connection was lost, and yet it is another: a failover, or a flush.
            _store.Distrust();
            return;
        }

        if (_store.IsTrusted)
        {
            await AnnounceAsync(identity);
            if (await _store.PeersAsync() is { } peers) _peers = [.. peers.Keys];
            return;
        }

        if (identity.Canary.Length == 0)
        {
            await _store.PlantCanaryAsync();
            if (await _store.IdentifyAsync() is not { Canary.Length: > 0 } planted) return;
            identity = planted;
        }

        var isKnown = identity == _known || (_known is null && identity.ToString() == _journal.StoreIdentity);
        if (!isKnown && !await RestoreAsync(identity, generation, stopping)) return;
        if (isKnown && !await AnnounceAsync(identity)) return;
        _known = identity;
        _store.Trust(generation);
    }

    // False: the store changed once more meanwhile, or the journal does not take the note; the next look starts over.
    private async ValueTask<bool> RestoreAsync(
        StoreIdentity identity, long generation, CancellationToken stopping)
    {
        Log.StoreChanged(_logger);
        var started = _time.GetTimestamp();
        var records = await _putBack.RunAsync(stopping);
        if (records < 0 || _store.Generation != generation || !await AnnounceAsync(identity)) return false;
        if (!await WaitForPeersAsync(identity, generation, stopping)) return false;
        if (await _journal.SetStoreIdentityAsync(identity.ToString()) != JournalFault.None) return false;
        Log.StoreRestored(_logger, records, _time.GetElapsedTime(started));
        return _store.Generation == generation;
    }

    private async ValueTask<bool> WaitForPeersAsync(
        StoreIdentity identity, long generation, CancellationToken stopping)
    {
        var started = _time.GetTimestamp();
        while (!stopping.IsCancellationRequested && _store.Generation == generation)
        {
            if (await _store.PeersAsync() is { } alive)
            {
                var awaited = _peers ?? [.. alive.Keys];
                var missing = awaited.Count(
                    peer => peer != _journal.Id && (!alive.TryGetValue(peer, out var said) || said != identity.ToString()));
                // A journal that has seen another store, in a process that knows no peers yet: they may all be unheard.
                var isBlind = _peers is null && _journal.StoreIdentity.Length > 0 && alive.Count <= 1;
                if (missing == 0 && !isBlind) return true;
                if (_time.GetElapsedTime(started) >= _peerWait)
                {
                    Log.PeersMissing(_logger, missing, _peerWait);
                    return true;
                }
            }

            await Task.Delay(PeerPoll, _time, stopping).ConfigureAwait(Awaits.Quietly);
        }

        return false;
    }

    private ValueTask<bool> AnnounceAsync(StoreIdentity identity) =>
        _store.AnnounceAsync(_journal.Id, identity.ToString(), _heartbeat * LivesInHeartbeats);
}
