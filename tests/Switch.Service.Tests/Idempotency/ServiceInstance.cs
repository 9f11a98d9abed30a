using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Switch.Service.Idempotency;
using Switch.Testing;

namespace Switch.Service.Tests.Idempotency;

/// <summary>
/// What one service instance has of this folder, wired as the service wires it. It has no journal to put records back
/// from, so it trusts whatever store answers, as a service with nothing to lose would.
/// </summary>
internal sealed class ServiceInstance : IAsyncDisposable
{
    public const string Acquirer = "alpha";
    public const string Rrn = "632811000042";
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>What a reversal of the first attempt would need.</summary>
    public static readonly byte[] Attempt = [1, 1, 2, 3, 5, 8];

    private static readonly TimeSpan TrustPause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stopping = new();
    private Task _trusting = Task.CompletedTask;

    private ServiceInstance(RedisOptions options)
    {
        var wrapped = Options.Create(options);
        var time = TimeProvider.System;
        Meter = new Meter("test");
        Metrics = new IdempotencyMetrics(Meter);
        Connection = new RedisConnection(wrapped, time, NullLogger<RedisConnection>.Instance);
        Store = new RedisIdempotencyStore(
            Connection, wrapped, Metrics, time, NullLogger<RedisIdempotencyStore>.Instance);
        Records = new RecordStore(Store, InstanceId.Create(InstanceId.Draw()), wrapped, Metrics, time);
        Coordinator = new RequestCoordinator(
            Records, wrapped, Metrics, time, NullLogger<RequestCoordinator>.Instance);
    }

    public Meter Meter { get; }

    public IdempotencyMetrics Metrics { get; }

    public RedisConnection Connection { get; }

    public RedisIdempotencyStore Store { get; }

    public RecordStore Records { get; }

    public RequestCoordinator Coordinator { get; }

    /// <summary>Connects; the operation time-out is long unless a test is about it, for test machines stall.</summary>
    /// <param name="configuration">Where the store is.</param>
    /// <param name="cancellationToken">The test's.</param>
    /// <param name="configure">Changes the options.</param>
    /// <param name="trusts">Whether it trusts whatever store answers; else the test has to.</param>
    public static async Task<ServiceInstance> StartAsync(
        string configuration, CancellationToken cancellationToken, Action<RedisOptions>? configure = null,
        bool trusts = true)
    {
        var options = new RedisOptions
        {
            Configuration = configuration,
            OperationTimeout = TimeSpan.FromSeconds(5),
        };
        configure?.Invoke(options);
        var instance = new ServiceInstance(options);
        await instance.Connection.ConnectAsync(cancellationToken);
        if (!trusts) return instance;
        instance.Store.Trust(instance.Store.Generation);
        instance._trusting = instance.KeepTrustingAsync();
        return instance;
    }

    public static string NewTransactionId() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    public static ClaimRequest Request(string transactionId, byte print = 1) =>
        new(transactionId, print, Acquirer, Rrn, Attempt);

    /// <summary>Enters as a caller that stays until its patience ends.</summary>
    public ValueTask<EnterResult> EnterAsync(string transactionId, TimeSpan? patience = null, byte print = 1) =>
        Coordinator.EnterAsync(Request(transactionId, print), patience ?? Patience, default);

    /// <summary>Enters as a caller that may leave.</summary>
    public ValueTask<EnterResult> EnterAsAsync(string transactionId, CancellationToken caller) =>
        Coordinator.EnterAsync(Request(transactionId), Patience, caller);

    public async Task<Claim> OwnAsync(string transactionId)
    {
        var entered = await EnterAsync(transactionId);
        Assert.Equal(EnterKind.Owner, entered.Kind);
        return entered.Claim!;
    }

    /// <summary>Completes and ends a claim as the flows do: whoever joined gets the answer that stands.</summary>
    public async Task<FencedResult> CompleteAsync(Claim claim, byte[] answer, byte[]? reversalData = null)
    {
        var final = new FinalAnswer(answer, reversalData);
        var completed = await Coordinator.CompleteAsync(claim, final);
        if (completed.Kind == FencedKind.Unavailable)
            completed = await Coordinator.CompleteUntilKnownAsync(() => Coordinator.CompleteAsync(claim, final));
        if (completed.Kind == FencedKind.Done) Coordinator.End(claim, answer);
        else if (completed.Current is { HasValue: true, State: RecordState.Final } standing)
            Coordinator.End(claim, standing.Answer);
        else Coordinator.Abandon(claim);
        return completed;
    }

    /// <summary>Puts a tombstone, as a reversal does that comes first.</summary>
    public ValueTask<EntombResult> EntombAsync(string transactionId) =>
        Records.EntombAsync(transactionId, Records.EncodeTombstone());

    /// <summary>Marks a final record as taken back, as a terminal's reversal does.</summary>
    public async Task<FencedKind> MarkReversedAsync(string transactionId)
    {
        var record = (await Records.FindAsync(transactionId)).Record;
        var flags = (byte)(record.Flags | IdempotencyRecord.ReversalRequestedFlag);
        return (await Records.AmendAsync(transactionId, record, flags, record.ReversalData)).Kind;
    }

    /// <summary>Waits until claims work again after an outage.</summary>
    public Task RecoveredAsync(CancellationToken cancellationToken) => Eventually.TrueAsync(
        async () =>
        {
            var entered = await EnterAsync(NewTransactionId());
            if (entered.Kind != EnterKind.Owner) return false;
            await Coordinator.ReleaseAsync(entered.Claim!);
            return true;
        },
        "claims work again",
        Patience,
        cancellationToken);

    /// <summary>Waits until no late write waits any more, and that many seats are taken.</summary>
    public Task SettledAsync(int inFlight, CancellationToken cancellationToken) => Eventually.TrueAsync(
        () => Coordinator.PendingRepairs == 0 && Coordinator.InFlightCount == inFlight,
        "late writes are settled",
        Patience,
        cancellationToken);

    /// <summary>Waits until the store's own clock says that the lease of a record in flight is over.</summary>
    public Task LeaseOverAsync(string transactionId, CancellationToken cancellationToken) =>
        Eventually.TrueAsync(
            async () =>
            {
                var record = (await Records.FindAsync(transactionId)).Record;
                var left = await Connection.Database!.KeyTimeToLiveAsync(RedisIdempotencyStore.KeyOf(transactionId));
                return left <= record.LeaseFloor;
            },
            "the lease is over",
            cancellationToken: cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _trusting;
        await Coordinator.DisposeAsync();
        await Connection.DisposeAsync();
        Meter.Dispose();
        _stopping.Dispose();
    }

    private async Task KeepTrustingAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            Store.Trust(Store.Generation);
            await Store.WaitForChangeAsync(TrustPause, _stopping.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
