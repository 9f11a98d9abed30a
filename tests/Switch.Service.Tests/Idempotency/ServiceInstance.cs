using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Switch.Service.Idempotency;

namespace Switch.Service.Tests.Idempotency;

/// <summary>What one service instance has of this folder, wired as the service wires it.</summary>
internal sealed class ServiceInstance : IAsyncDisposable
{
    public const string Acquirer = "alpha";
    public const string Rrn = "632811000042";
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private ServiceInstance(RedisOptions options)
    {
        var wrapped = Options.Create(options);
        var time = TimeProvider.System;
        Meter = new Meter("test");
        Metrics = new IdempotencyMetrics(Meter);
        Connection = new RedisConnection(wrapped, time, NullLogger<RedisConnection>.Instance);
        Store = new RedisIdempotencyStore(
            Connection, wrapped, Metrics, time, NullLogger<RedisIdempotencyStore>.Instance);
        Coordinator = new RequestCoordinator(
            Store, wrapped, Metrics, time, NullLogger<RequestCoordinator>.Instance);
    }

    public Meter Meter { get; }

    public IdempotencyMetrics Metrics { get; }

    public RedisConnection Connection { get; }

    public RedisIdempotencyStore Store { get; }

    public RequestCoordinator Coordinator { get; }

    /// <summary>Connects; the operation time-out is long unless a test is about it, for test machines stall.</summary>
    public static async Task<ServiceInstance> StartAsync(
        string configuration, CancellationToken cancellationToken, Action<RedisOptions>? configure = null)
    {
        var options = new RedisOptions
        {
            Configuration = configuration,
            OperationTimeout = TimeSpan.FromSeconds(5),
        };
        configure?.Invoke(options);
        var instance = new ServiceInstance(options);
        await instance.Connection.ConnectAsync(cancellationToken);
        return instance;
    }

    public static string NewTransactionId() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    public static byte[] Print(byte value)
    {
        var print = new byte[16];
        print.AsSpan().Fill(value);
        return print;
    }

    /// <summary>Enters as a caller that stays until its patience ends.</summary>
    public ValueTask<EnterResult> EnterAsync(string transactionId, TimeSpan? patience = null, byte print = 1) =>
        Coordinator.EnterAsync(transactionId, Print(print), Acquirer, Rrn, patience ?? Patience, default);

    /// <summary>Enters as a caller that may leave.</summary>
    public ValueTask<EnterResult> EnterAsAsync(string transactionId, CancellationToken caller) =>
        Coordinator.EnterAsync(transactionId, Print(1), Acquirer, Rrn, Patience, caller);

    public async Task<Claim> OwnAsync(string transactionId)
    {
        var entered = await EnterAsync(transactionId);
        Assert.Equal(EnterKind.Owner, entered.Kind);
        return entered.Claim!;
    }

    public async ValueTask DisposeAsync()
    {
        await Coordinator.DisposeAsync();
        await Connection.DisposeAsync();
        Meter.Dispose();
    }
}
