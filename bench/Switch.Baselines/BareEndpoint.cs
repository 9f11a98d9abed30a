using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Switch.Contracts.V1;

namespace Switch.Baselines;

/// <summary>
/// What the gRPC server does when the handler does nothing: every request gets the same approval, as long as one of the
/// switch.
/// </summary>
internal sealed class BareEndpoint : AuthorizationService.AuthorizationServiceBase
{
    private static readonly AuthorizeResponse Approval = new()
    {
        TransactionId = "0123456789abcdef0123456789abcdef",
        IdempotencyKey = "L0123456789-0123456789",
        Outcome = Outcome.Approved,
        ResponseCode = "00",
        TerminalText = "APPROVED",
        ApprovalCode = "123456",
        RetrievalReferenceNumber = "123456789012",
        Acquirer = "alpha",
        ApprovedAmount = new Money { AmountMinor = 1_000_000, Currency = "EUR" },
        AcceptedAt = new Timestamp { Seconds = 1_790_000_000, Nanos = 987_654_300 },
        AnsweredAt = new Timestamp { Seconds = 1_790_000_000, Nanos = 987_654_300 },
        BusinessDate = "2026-11-23",
        MerchantId = "LOAD-0000",
        TerminalId = "L0000000",
    };

    private static readonly Task<AuthorizeResponse> Answer = Task.FromResult(Approval);

    public override Task<AuthorizeResponse> Authorize(AuthorizeRequest request, ServerCallContext context) => Answer;

    public override async Task AuthorizeStream(
        IAsyncStreamReader<AuthorizeStreamRequest> requestStream,
        IServerStreamWriter<AuthorizeStreamResponse> responseStream, ServerCallContext context)
    {
        await foreach (var message in requestStream.ReadAllAsync(context.CancellationToken))
        {
            await responseStream.WriteAsync(
                new AuthorizeStreamResponse { IdempotencyKey = message.Request.IdempotencyKey, Response = Approval });
        }
    }
}
