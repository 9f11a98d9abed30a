using System.Collections.Concurrent;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Switch.Contracts.V1;

namespace Switch.EndToEnd.Tests;

/// <summary>
/// Terminals in a closed loop that do what the contract demands of them: a request without an answer is sent again with
/// the same key until it has one.
/// </summary>
internal sealed class DrainLoad
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(20);
    private readonly Func<string> _address;
    private readonly CancellationToken _token;
    private readonly List<Task> _terminals = [];
    private readonly ConcurrentDictionary<string, AuthorizeResponse> _answers = new();
    private volatile bool _isEnough;

    /// <param name="address">Where the switch is now; it moves when it starts again.</param>
    /// <param name="token">The test's.</param>
    public DrainLoad(Func<string> address, CancellationToken token)
    {
        _address = address;
        _token = token;
    }

    /// <summary>Answers by idempotency key.</summary>
    public IReadOnlyDictionary<string, AuthorizeResponse> Answers => _answers;

    /// <summary>What came instead of an answer, each with how often.</summary>
    public ConcurrentDictionary<string, int> Refusals { get; } = new();

    public void Start(int terminals)
    {
        for (var i = 0; i < terminals; i++) _terminals.Add(Task.Run(PayAsync, _token));
    }

    /// <summary>Every terminal finishes the payment it has begun, and no other.</summary>
    public Task FinishAsync()
    {
        _isEnough = true;
        return Task.WhenAll(_terminals);
    }

    private async Task PayAsync()
    {
        while (!_isEnough)
        {
            var request = Payments.Purchase();
            while (!await TryAsync(request)) await Task.Delay(RetryDelay, TimeProvider.System, _token);
        }
    }

    private async Task<bool> TryAsync(AuthorizeRequest request)
    {
        using var channel = GrpcChannel.ForAddress(_address());
        var client = new AuthorizationService.AuthorizationServiceClient(channel);
        try
        {
            var deadline = TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(30);
            var answer = await client.AuthorizeAsync(request, deadline: deadline, cancellationToken: _token);
            if (!_answers.TryAdd(request.IdempotencyKey, answer)) throw new InvalidOperationException("answered twice");
            return true;
        }
        catch (RpcException e) when (!_token.IsCancellationRequested)
        {
            var status = e.GetRpcStatus();
            var hint = status?.GetDetail<RetryInfo>() is null ? "no hint" : "retry";
            Refusals.AddOrUpdate(
                $"{e.StatusCode} {status?.GetDetail<ErrorInfo>()?.Reason ?? "connection"} {hint}", 1, (_, n) => n + 1);
            return false;
        }
    }
}
