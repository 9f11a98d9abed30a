using System.Globalization;
using Confluent.Kafka;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using StackExchange.Redis;
using Switch.Contracts.V1;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace Switch.Baselines;

/// <summary>
/// The handler that a competent developer writes from the libraries' examples: claim in Redis, ask the acquirer, store
/// the answer, tell Kafka, each step awaited in turn. Loses money when it dies between two of them.
/// </summary>
internal sealed class NaiveEndpoint : AuthorizationService.AuthorizationServiceBase
{
    private const string InProgress = "in progress";
    private const int StreamInFlightMax = 1024;
    private static readonly TimeSpan RecordTtl = TimeSpan.FromDays(3);
    private readonly IConnectionMultiplexer _redis;
    private readonly IProducer<string, byte[]> _producer;
    private readonly NaiveAcquirer _acquirer;
    private readonly NaiveSettings _settings;
    private readonly TimeProvider _time;
    private long _number;

    public NaiveEndpoint(
        IConnectionMultiplexer redis, IProducer<string, byte[]> producer, NaiveAcquirer acquirer,
        NaiveSettings settings, TimeProvider time)
    {
        _redis = redis;
        _producer = producer;
        _acquirer = acquirer;
        _settings = settings;
        _time = time;
    }

    public override async Task<AuthorizeResponse> Authorize(AuthorizeRequest request, ServerCallContext context)
    {
        var accepted = _time.GetUtcNow();
        var database = _redis.GetDatabase();
        var key = $"naive:{request.MerchantId}:{request.TerminalId}:{request.IdempotencyKey}";
        if (!await database.StringSetAsync(key, InProgress, RecordTtl, When.NotExists))
        {
            var stored = (byte[]?)await database.StringGetAsync(key);
            if (stored is null || stored.AsSpan().SequenceEqual("in progress"u8))
                throw new RpcException(new Grpc.Core.Status(StatusCode.Aborted, InProgress));
            return AuthorizeResponse.Parser.ParseFrom(stored);
        }

        var number = Interlocked.Increment(ref _number);
        var rrn = string.Create(CultureInfo.InvariantCulture, $"N{number:D11}");
        var answer = await _acquirer.AskAsync(request, rrn)
            ?? throw new RpcException(new Grpc.Core.Status(StatusCode.Unavailable, "the acquirer does not answer"));
        var response = ResponseOf(request, answer, rrn, accepted);
        await database.StringSetAsync(key, response.ToByteArray(), RecordTtl);
        await _producer.ProduceAsync(_settings.Topic, new Message<string, byte[]>
        {
            Key = response.TransactionId,
            Value = EventOf(request, response).ToByteArray(),
        });
        return response;
    }

    // Requests of one stream side by side: one after the other it would wait for each round trip.
    public override async Task AuthorizeStream(
        IAsyncStreamReader<AuthorizeStreamRequest> requestStream,
        IServerStreamWriter<AuthorizeStreamResponse> responseStream, ServerCallContext context)
    {
        using var places = new SemaphoreSlim(StreamInFlightMax);
        using var writing = new SemaphoreSlim(1);
        await foreach (var message in requestStream.ReadAllAsync(context.CancellationToken))
        {
            await places.WaitAsync();
            _ = AnswerAsync(message.Request);
        }

        for (var i = 0; i < StreamInFlightMax; i++) await places.WaitAsync();

        async Task AnswerAsync(AuthorizeRequest request)
        {
            var answer = new AuthorizeStreamResponse { IdempotencyKey = request.IdempotencyKey };
            try
            {
                answer.Response = await Authorize(request, context);
            }
            catch (RpcException e)
            {
                answer.Error = new Google.Rpc.Status { Code = (int)e.StatusCode, Message = e.Status.Detail };
            }

            await writing.WaitAsync();
            try
            {
                await responseStream.WriteAsync(answer);
            }
            finally
            {
                writing.Release();
                places.Release();
            }
        }
    }

    private AuthorizeResponse ResponseOf(
        AuthorizeRequest request, AcquirerAnswer answer, string rrn, DateTimeOffset accepted)
    {
        var isApproved = answer.ResponseCode == "00";
        return new AuthorizeResponse
        {
            TransactionId = Guid.NewGuid().ToString("N"),
            IdempotencyKey = request.IdempotencyKey,
            Outcome = isApproved ? Outcome.Approved : Outcome.Declined,
            ResponseCode = answer.ResponseCode,
            TerminalText = isApproved ? "APPROVED" : "DECLINED",
            ApprovalCode = answer.ApprovalCode,
            RetrievalReferenceNumber = rrn,
            Acquirer = "alpha",
            ApprovedAmount = isApproved ? request.Amount : null,
            AcceptedAt = accepted.ToTimestamp(),
            AnsweredAt = _time.GetUtcNow().ToTimestamp(),
            BusinessDate = accepted.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            MerchantId = request.MerchantId,
            TerminalId = request.TerminalId,
        };
    }

    private static TransactionEvent EventOf(AuthorizeRequest request, AuthorizeResponse response) => new()
    {
        EventId = $"{response.TransactionId}.authorized",
        Type = TransactionEventType.Authorized,
        Sequence = 2,
        OccurredAt = new Timestamp(response.AnsweredAt),
        BusinessDate = response.BusinessDate,
        TransactionId = response.TransactionId,
        RootTransactionId = response.TransactionId,
        MerchantId = request.MerchantId,
        TerminalId = request.TerminalId,
        IdempotencyKey = request.IdempotencyKey,
        Stan = request.Stan,
        Kind = request.Kind,
        EntryMode = request.EntryMode,
        RequestedAmount = request.Amount,
        ApprovedAmount = response.ApprovedAmount,
        Outcome = response.Outcome,
        ResponseCode = response.ResponseCode,
        ApprovalCode = response.ApprovalCode,
        RetrievalReferenceNumber = response.RetrievalReferenceNumber,
        Acquirer = response.Acquirer,
        AcceptedAt = response.AcceptedAt,
    };
}
