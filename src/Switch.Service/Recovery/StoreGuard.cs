using Switch.Service.Idempotency;
using Switch.Service.Journal;

namespace Switch.Service.Recovery;

/// <summary>
/// Watches whether the store is still the one this instance knows. A restart, a failover or a lost canary may mean lost
/// records: then nothing is claimed, taken over or replayed until this instance and every other that may hold some have
/// put back what they hold (S4). Meanwhile it says that this instance lives.
/// </summary>
internal sealed class StoreGuard
{
    private const int LivesInHeartbeats = 10;

    // One that lives and never says that it is done must not keep all others from new money for ever.
    private const int LivingPeerWaits = 12;

    private const char NoteSeparator = '|';

    // Behind the identity that an instance announces once it takes new money there.
    private const string Vouches = "*";

    // How long whoever lives has to hear of an instance that nobody knows yet.
    private const int HeardInHeartbeats = 2;

    private static readonly TimeSpan PeerPoll = TimeSpan.FromMilliseconds(50);

    private readonly IIdempotencyStore _store;
    private readonly IJournal _journal;
    private readonly PutBack _putBack;
    private readonly TimeProvider _time;
    private readonly ILogger<StoreGuard> _logger;
    private readonly TimeSpan _heartbeat;
    private readonly TimeSpan _peerWait;
    private readonly KnownPeers _peers;
    private readonly string _notedIdentity;
    private StoreIdentity? _known;
    private StoreIdentity? _waitingFor;
    private long _waitStarted;
    private long _lastSign;
    private bool _knowsOthers;

    public StoreGuard(
        IIdempotencyStore store, IJournal journal, PutBack putBack, SwitchOptions options, TimeProvider time,
        ILogger<StoreGuard> logger)
    {
        _store = store;
        _journal = journal;
        _putBack = putBack;
        _time = time;
        _logger = logger;
        _heartbeat = options.Redis.HeartbeatInterval;
        _peerWait = options.Redis.PeerWait;
        _peers = new KnownPeers(time, options.Journal.OutcomeRetention);
        var noted = journal.StoreNote.Split(NoteSeparator);
        _notedIdentity = noted[0];
        _knowsOthers = _notedIdentity.Length > 0;
        if (noted.Length > 1) _peers.Read(noted[1]);
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
            await AnnounceAsync(identity, Vouches);
            if (await _store.PeersAsync() is { } peers && _peers.Hear(peers.Keys)) await NoteAsync(identity);
            return;
        }

        if (identity.Canary.Length == 0)
        {
            await _store.PlantCanaryAsync();
            if (await _store.IdentifyAsync() is not { Canary.Length: > 0 } planted) return;
            identity = planted;
        }

        var isKnown = identity == _known || (_known is null && identity.ToString() == _notedIdentity);
        if (!isKnown && !await RestoreAsync(identity, generation, stopping)) return;
        if (isKnown && !await AnnounceAsync(identity, Vouches)) return;
        _known = identity;
        _knowsOthers = true;
        _store.Trust(generation);
    }

    // False: the store changed once more meanwhile, or the journal does not take the note; the next look starts over.
    private async ValueTask<bool> RestoreAsync(
        StoreIdentity identity, long generation, CancellationToken stopping)
    {
        Log.StoreChanged(_logger);
        var started = _time.GetTimestamp();
        var records = await PutBackAsync(stopping);
        if (records < 0 || _store.Generation != generation || !await AnnounceAsync(identity)) return false;
        if (!await WaitForPeersAsync(identity, generation, stopping)) return false;
        if (!await NoteAsync(identity)) return false;
        Log.StoreRestored(_logger, records, _time.GetElapsedTime(started));
        return _store.Generation == generation;
    }

    // Others wait for this instance as long as it says that it lives.
    private async ValueTask<int> PutBackAsync(CancellationToken stopping)
    {
        var work = _putBack.RunAsync(stopping).AsTask();
        while (true)
        {
            await _store.AnnounceAsync(_journal.Id, identity: "", _heartbeat * LivesInHeartbeats);
            await Task.WhenAny(work, Task.Delay(_heartbeat, _time, CancellationToken.None));
            if (work.IsCompleted) return await work;
        }
    }

    // One that lives and is at it yet is waited for; of one that does not, its absence is counted, whatever becomes of
    // the connection meanwhile. An instance with a new journal knows nobody, so it waits as long for whoever may be.
    private async ValueTask<bool> WaitForPeersAsync(
        StoreIdentity identity, long generation, CancellationToken stopping)
    {
        var announced = _time.GetTimestamp();
        if (_waitingFor != identity) (_waitingFor, _waitStarted, _lastSign) = (identity, announced, announced);
        if (!_knowsOthers && _peerWait > TimeSpan.Zero) Log.NobodyKnown(_logger, _peerWait);
        while (!stopping.IsCancellationRequested && _store.Generation == generation)
        {
            if (await _store.PeersAsync() is { } alive)
            {
                _peers.Hear(alive.Keys);
                var waited = _time.GetElapsedTime(_waitStarted);
                var missing = _peers.Awaited().Where(
                    peer => peer != _journal.Id && !IsDone(alive.GetValueOrDefault(peer), identity)).ToList();
                if (missing.Count == 0 && (_knowsOthers || waited >= WaitOfANewcomer(alive, identity))) return true;
                if (missing.Exists(alive.ContainsKey)) _lastSign = _time.GetTimestamp();
                if (missing.Count > 0
                    && (_time.GetElapsedTime(_lastSign) >= _peerWait || waited >= _peerWait * LivingPeerWaits))
                {
                    Log.PeersMissing(_logger, missing.Count, waited);
                    return true;
                }
            }

            await Task.Delay(PeerPoll, _time, stopping).ConfigureAwait(Awaits.Quietly);
            if (_time.GetElapsedTime(announced) < _heartbeat) continue;
            announced = _time.GetTimestamp();
            await AnnounceAsync(identity);
        }

        return false;
    }

    private static bool IsDone(string? announced, StoreIdentity identity) =>
        announced == identity.ToString() || announced == identity + Vouches;

    // Who takes new money there knew whom to wait for, and has; it still has to hear of this one.
    private TimeSpan WaitOfANewcomer(IReadOnlyDictionary<ulong, string> alive, StoreIdentity identity)
    {
        var isVouchedFor = alive.Any(peer => peer.Key != _journal.Id && peer.Value == identity + Vouches);
        var heard = _heartbeat * HeardInHeartbeats;
        return isVouchedFor && heard < _peerWait ? heard : _peerWait;
    }

    private async ValueTask<bool> NoteAsync(StoreIdentity identity) =>
        await _journal.SetStoreNoteAsync($"{identity}{NoteSeparator}{_peers.Write()}") == JournalFault.None;

    private ValueTask<bool> AnnounceAsync(StoreIdentity identity, string vouches = "") =>
        _store.AnnounceAsync(_journal.Id, identity + vouches, _heartbeat * LivesInHeartbeats);
}
