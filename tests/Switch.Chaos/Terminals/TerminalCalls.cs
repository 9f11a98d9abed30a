using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Switch.Chaos.Checking;
using Switch.Chaos.Programs;
using Switch.Contracts.V1;
using Switch.Programs;

namespace Switch.Chaos.Terminals;

/// <summary>What one call led to.</summary>
/// <param name="Call">As it was recorded.</param>
/// <param name="MayRetry">The contract lets the same key be sent again.</param>
/// <param name="RetryAfter">What RetryInfo asked for; zero without.</param>
internal readonly record struct CallResult(Call Call, bool MayRetry, TimeSpan RetryAfter);

/// <summary>The terminals' connections to the instances. Every call is recorded with its payment.</summary>
internal sealed class TerminalCalls : IDisposable
{
    // One HTTP/2 connection contends.
    private const int ChannelsOfInstance = 4;
    private static readonly TimeSpan CallDeadline = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(1);
    private readonly List<GrpcChannel> _channels = [];
    private readonly IReadOnlyList<SwitchInstance> _instances;
    private readonly RunClock _clock;
    private int _next;

    public TerminalCalls(IReadOnlyList<SwitchInstance> instances, RunClock clock)
    {
        _instances = instances;
        _clock = clock;
        foreach (var instance in instances)
        {
            for (var i = 0; i < ChannelsOfInstance; i++)
            {
                _channels.Add(GrpcChannel.ForAddress(instance.Terminals, new GrpcChannelOptions
                {
                    HttpHandler = new SocketsHttpHandler
                    {
                        ConnectTimeout = ConnectTimeout,
                        EnableMultipleHttp2Connections = true,
                    },
                    DisposeHttpClient = true,
                }));
            }
        }
    }

    public int Instances => _instances.Count;

    /// <summary>Asks for an authorization; <paramref name="hangUp"/> is the terminal that goes away.</summary>
    public Task<CallResult> AuthorizeAsync(Payment payment, int instance, CancellationToken hangUp = default) =>
        CallAsync(payment, CallKind.Authorize, instance, async (client, deadline) =>
        {
            var response = await client.AuthorizeAsync(payment.Request, null, deadline, hangUp);
            return call => call with { Answer = AnswerOf(response) };
        });

    public Task<CallResult> ReverseAsync(Payment payment, int instance) =>
        CallAsync(payment, CallKind.Reverse, instance, async (client, deadline) =>
        {
            var response = await client.ReverseAsync(payment.Reversal, null, deadline);
            return call => call with { Reversal = response.State };
        });

    public void Dispose()
    {
        foreach (var channel in _channels) channel.Dispose();
    }

    private async Task<CallResult> CallAsync(
        Payment payment, CallKind kind, int instance,
        Func<AuthorizationService.AuthorizationServiceClient, DateTime, Task<Func<Call, Call>>> ask)
    {
        var turn = (Interlocked.Increment(ref _next) & int.MaxValue) % ChannelsOfInstance;
        var client = new AuthorizationService.AuthorizationServiceClient(
            _channels[(instance * ChannelsOfInstance) + turn]);
        var call = new Call
        {
            Kind = kind,
            Start = _clock.Now,
            End = TimeSpan.MaxValue,
            Instance = _instances[instance].Name,
            Status = "OK",
        };
        var mayRetry = true;
        var retryAfter = TimeSpan.Zero;
        try
        {
            var fill = await ask(client, TimeProvider.System.GetUtcNow().UtcDateTime + CallDeadline);
            call = fill(call);
        }
        catch (RpcException e)
        {
            var details = e.GetRpcStatus();
            call = call with
            {
                Status = StatusName(e.StatusCode),
                Reason = details?.GetDetail<ErrorInfo>()?.Reason ?? "",
            };
            mayRetry = MayRetry(e.StatusCode);
            retryAfter = details?.GetDetail<RetryInfo>()?.RetryDelay?.ToTimeSpan() ?? TimeSpan.Zero;
        }

        call = call with { End = _clock.Now };
        payment.Add(call);
        return new CallResult(call, mayRetry, retryAfter);
    }

    private static bool MayRetry(StatusCode code) => code
        is StatusCode.Unavailable or StatusCode.Aborted or StatusCode.ResourceExhausted or StatusCode.DeadlineExceeded
        or StatusCode.Internal or StatusCode.Unknown or StatusCode.Cancelled;

    /// <summary>DeadlineExceeded → DEADLINE_EXCEEDED.</summary>
    private static string StatusName(StatusCode code) =>
        string.Concat(code.ToString().Select(
            (c, i) => char.IsUpper(c) && i > 0 ? $"_{c}" : $"{char.ToUpperInvariant(c)}"));

    private static Answer AnswerOf(AuthorizeResponse response) => new()
    {
        TransactionId = response.TransactionId,
        Outcome = response.Outcome,
        DeclinedBy = response.DeclinedBy,
        ResponseCode = response.ResponseCode,
        ApprovalCode = response.ApprovalCode,
        Rrn = response.RetrievalReferenceNumber,
        ApprovedMinor = response.ApprovedAmount?.AmountMinor ?? 0,
        Currency = response.ApprovedAmount?.Currency ?? "",
        Replayed = response.Replayed,
        AcceptedAt = response.AcceptedAt?.ToDateTimeOffset() ?? default,
    };
}
