using Switch.Service.Idempotency;
using Switch.Simulation.Tests.World;

namespace Switch.Simulation.Tests.Ports;

/// <summary>
/// One instance's way to the shared store: it takes time, loses requests and replies, times out, and is connected to
/// one process of the store at a time. The generation counts up before a new connection carries anything.
/// </summary>
internal sealed class StorePort : IIdempotencyStore
{
    private static readonly TimeSpan OperationTimeout = TimeSpan.FromMilliseconds(300);

    private readonly SharedStore _store;
    private readonly Life _life;
    private readonly Scheduler _scheduler;
    private readonly Trace _trace;
    private readonly Caller _caller;
    private readonly Weather _weather;
    private TaskCompletionSource? _change;
    private bool _changed;
    private long _trusted;
    private int _epoch;

    public StorePort(SharedStore store, Life life, Scheduler scheduler, Trace trace, Weather weather)
    {
        _store = store;
        _life = life;
        _scheduler = scheduler;
        _trace = trace;
        _caller = new Caller(life, scheduler, trace);
        _weather = weather;
        LookAtConnection();
    }

    public long Generation { get; private set; } = 1;

    public bool IsTrusted => _trusted == Generation;

    private bool IsConnected => _epoch != 0;

    private bool IsReachable => _store.IsUp && !_weather.IsCutOff(_life.Name);

    public void Trust(long generation)
    {
        _trace.Say(_life.Name, "trusts");
        _trusted = generation;
    }

    public void Distrust()
    {
        Generation++;
        _changed = true;
        _change?.TrySetResult();
    }

    public async Task WaitForChangeAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        if (!_changed)
        {
            _change = new TaskCompletionSource();
            var change = _change;
            _scheduler.After(atMost, () => _life.Do(() => change.TrySetResult()));
            await change.Task;
        }

        _changed = false;
        _change = null;
    }

    public ValueTask<StoreReply> SetIfAbsentAsync(string transactionId, byte[] record) =>
        StepAsync("set", transactionId, true, () => _store.SetIfAbsent(transactionId, record));

    public ValueTask<StoreReply> ReplaceAsync(
        string transactionId, byte[] expected, byte[] record, bool orAbsent, bool keepLife) => StepAsync(
        "replace", transactionId, true, () => _store.Replace(transactionId, expected, record, orAbsent, keepLife));

    public ValueTask<StoreReply> TakeExpiredAsync(string transactionId, Fence fence, byte[] record) =>
        StepAsync("take", transactionId, true, () => _store.TakeExpired(transactionId, fence, record));

    public ValueTask<StoreReply> DeleteAsync(string transactionId, Fence fence) =>
        StepAsync("delete", transactionId, true, () => _store.Delete(transactionId, fence));

    public ValueTask<StoreReply> GetAsync(string transactionId) =>
        StepAsync("get", transactionId, true, () => _store.Get(transactionId));

    public ValueTask<StoreReply> RestoreAsync(
        string transactionId, byte[] record, TimeSpan life, bool overInFlight, byte[]? over = null) =>
        StepAsync("restore", transactionId, false, () =>
            _store.Restore(transactionId, record, life, overInFlight, over));

    public async ValueTask<bool> IndexAsync(IReadOnlyCollection<string> add, IReadOnlyCollection<string> remove)
    {
        var score = _life.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        return await BesideAsync("index", false, () =>
        {
            _store.Index(add, remove, score);
            return true;
        });
    }

    public async ValueTask<IReadOnlyList<string>?> ReadIndexAsync(
        DateTimeOffset before, int skip, int max) => IsTrusted
        ? await BesideAsync<IReadOnlyList<string>?>("read index", null, () =>
            _store.ReadIndex(before.ToUnixTimeMilliseconds(), skip, max))
        : null;

    public async ValueTask<bool> AnnounceAsync(ulong journal, string identity, TimeSpan life) =>
        await BesideAsync("announce", false, () =>
        {
            _store.Announce(journal, identity, life);
            return true;
        });

    public async ValueTask<IReadOnlyDictionary<ulong, string>?> PeersAsync() =>
        await BesideAsync<IReadOnlyDictionary<ulong, string>?>("peers", null, _store.Peers);

    public async ValueTask<StoreIdentity?> IdentifyAsync() =>
        await BesideAsync<StoreIdentity?>("identify", null, () => _store.Identify());

    public async ValueTask<bool> PlantCanaryAsync() => await BesideAsync("plant", false, () =>
    {
        _store.PlantCanary();
        return true;
    });

    private ValueTask<StoreReply> StepAsync(string step, string transactionId, bool isGuarded, Func<StoreReply> effect)
    {
        if (!IsConnected || (isGuarded && !IsTrusted)) return ValueTask.FromResult(StoreReply.Refused);
        var epoch = _epoch;
        var call = _caller.Call(step, () => Effect(step, transactionId, epoch, effect), _weather.StoreTrip());
        _caller.GiveUp(call, OperationTimeout, StoreReply.Unavailable);
        return new ValueTask<StoreReply>(call.Task);
    }

    private (bool Arrived, StoreReply Reply)
        Effect(string step, string transactionId, int epoch, Func<StoreReply> effect)
    {
        if (!IsReachable || epoch != _store.Epoch) return (false, default);
        var reply = effect();
        _trace.Say(_life.Name, step, $"{transactionId[..4]} {reply.Kind} {Standing(reply)}");
        return (true, reply);
    }

    private Task<T> BesideAsync<T>(string step, T unavailable, Func<T> effect)
    {
        if (!IsConnected) return Task.FromResult(unavailable);
        var epoch = _epoch;
        _trace.Count(_life.Name, step);
        var call = _caller.Call(
            step, () =>
                IsReachable && epoch == _store.Epoch ? (true, effect()) : (false, unavailable), _weather.StoreTrip());
        _caller.GiveUp(call, OperationTimeout, unavailable);
        return call.Task;
    }

    // The client's own doing: it notices a lost connection and makes another.
    private void LookAtConnection()
    {
        var isGood = IsReachable && _epoch == _store.Epoch;
        if (IsConnected && !isGood) _epoch = 0;
        if (!IsConnected && IsReachable)
        {
            Distrust();
            _epoch = _store.Epoch;
            _trace.Say(_life.Name, "connects");
        }

        _scheduler.After(_scheduler.Between(50, 150), () => _life.Do(LookAtConnection));
    }

    private static string Standing(in StoreReply reply) =>
        reply.Kind == StoreReplyKind.Found ? $"{reply.Record.State} {reply.Record.Flags}" : "";
}
