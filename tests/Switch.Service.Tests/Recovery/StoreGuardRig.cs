using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Switch.Sandbox;
using Switch.Service.Authorization;
using Switch.Service.Events;
using Switch.Service.Idempotency;
using Switch.Service.Keys;
using Switch.Service.Recovery;
using Switch.Service.Tests.Idempotency;
using Switch.Service.Tests.Journal;
using Switch.Service.Tests.Keys;
using Switch.Testing;

namespace Switch.Service.Tests.Recovery;

/// <summary>The guard on a real store and a real journal.</summary>
public abstract class StoreGuardRig : IAsyncDisposable
{
    protected static readonly TimeSpan PeerWait = TimeSpan.FromMilliseconds(300);

    private readonly EmbeddedStore _redis = new();
    private readonly CancellationTokenSource _stopping = new();
    private ServiceInstance? _instance;
    private Task _guarding = Task.CompletedTask;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected JournalHarness Harness { get; } = new();

    private protected RedisIdempotencyStore Store => _instance!.Store;

    private protected RecordStore Records => _instance!.Records;

    protected ulong Own => Harness.Journal.Id;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _guarding;
        if (_instance is not null) await _instance.DisposeAsync();
        await Harness.DisposeAsync();
        _redis.Dispose();
        _stopping.Dispose();
        GC.SuppressFinalize(this);
    }

    protected async Task StartAsync(string? address = null) =>
        _instance = await ServiceInstance.StartAsync(address ?? _redis.Address, Token, trusts: false);

    protected void Guard(TimeProvider? clock = null, TimeSpan? peerWait = null)
    {
        var options = new SwitchOptions();
        options.Redis.PeerWait = peerWait ?? PeerWait;
        options.Redis.HeartbeatInterval = TimeSpan.FromMilliseconds(100);
        var keys = KeyFiles.Ring();
        var time = clock ?? TimeProvider.System;
        var events = new TransactionEvents(new CardTokenizer(keys), time);
        var late = new LateReversals(
            new Outcomes(events, new TransactionIdentity(keys), time), Harness.Journal,
            NullLogger<LateReversals>.Instance);
        var index = new OpenClaimIndex(
            Store, _instance!.Coordinator, options.Recovery, time, NullLogger<OpenClaimIndex>.Instance);
        var putBack = new PutBack(
            Store, index, late, Harness.Journal, Options.Create(options.Redis), time, NullLogger<PutBack>.Instance);
        var guard = new StoreGuard(
            Store, Harness.Journal, putBack, options, time, NullLogger<StoreGuard>.Instance);
        _guarding = guard.RunAsync(_stopping.Token);
    }

    protected async Task<string> OwnIdentityAsync()
    {
        var identity = "";
        await Eventually.TrueAsync(
            async () => (identity = (await Store.PeersAsync())!.GetValueOrDefault(Own) ?? "") != "",
            "it has put back what it holds", cancellationToken: Token);
        return identity;
    }

    protected Task TrustedAsync() => Eventually.TrueAsync(() => Store.IsTrusted, "trusted", cancellationToken: Token);
}
