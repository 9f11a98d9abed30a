using Google.Protobuf;
using Grpc.Core;
using StackExchange.Redis;
using Switch.Contracts.V1;
using Switch.Service.Idempotency;

namespace Switch.EndToEnd.Tests;

/// <summary>Card data that is wrong, or in the wrong place.</summary>
internal sealed partial class CanaryFlows
{
    private const string Invalid = "InvalidArgument";
    private const int MessageBytesMax = 64 * 1024;

    /// <summary>Requests that are refused for what is in them.</summary>
    public async Task InvalidRequestsAsync()
    {
        await InvalidAsync("bad check digit", card => card.Pan = Mistyped(card.Pan));
        await InvalidAsync("letters", card => card.Pan += "X");
        await InvalidAsync("grouped", card => card.Pan = card.Pan.Insert(8, " ").Insert(4, " "));
        await InvalidAsync("too long", card => card.Pan += "0000");
        await InvalidAsync("expired", card => card.ExpiryYear = 2020);
        await InvalidAsync("month 13", card => card.ExpiryMonth = 13);
        await InvalidAsync("no separator", card => card.Track2 = card.Track2.Replace('=', '0'));
        await InvalidAsync("track too long", card => card.Track2 += "0");
        await InvalidAsync("padded track", card => card.Track2 = card.Track2[..^1] + "F");
        await InvalidAsync("other track", card => card.Track2 = _cards.Next("track").Track2);
        await InvalidAsync("cut EMV", card => card.EmvData = Cut(card.EmvData));
        await InvalidAsync("track as EMV", card => card.EmvData = Bytes(card.Track2));
        await InvalidAsync("long PIN block", card => card.PinBlock = Twice(card.PinBlock));

        var unknownTerminal = Chip("unknown terminal");
        unknownTerminal.TerminalId = "NOBODY";
        await ExpectAsync("PermissionDenied", "unknown terminal", unknownTerminal);
        var unknownMerchant = Chip("unknown merchant");
        unknownMerchant.MerchantId = "NOBODY";
        await ExpectAsync("PermissionDenied", "unknown merchant", unknownMerchant);
    }

    /// <summary>Card numbers in fields that are not for them.</summary>
    public async Task MisplacedAsync()
    {
        await MisplacedAsync("PAN as key", (r, pan) => r.IdempotencyKey = pan);
        await MisplacedAsync("PAN in key", (r, pan) => r.IdempotencyKey = $"a-{pan}.1");
        await MisplacedAsync(
            "grouped PAN in key", (r, pan) => r.IdempotencyKey = $"{pan[..4]}-{pan[4..8]}-{pan[8..]}");
        await MisplacedAsync("long key", (r, pan) => r.IdempotencyKey = new string('x', 60) + pan);
        await MisplacedAsync("PAN as merchant", (r, pan) => r.MerchantId = pan);
        await MisplacedAsync("PAN as terminal", (r, pan) => r.TerminalId = pan);
        await MisplacedAsync("PAN as currency", (r, pan) => r.Amount.Currency = pan);
        await MisplacedAsync("PAN as category", (r, pan) => r.MccOverride = pan);
        var shortPan = Pay(_cards.Next("short PAN as merchant", 15, "37").Manual(), EntryMode.Manual);
        shortPan.MerchantId = shortPan.PaymentMethod.Card.Pan;
        Assert.Equal("PermissionDenied", await SendAsync("short PAN as merchant", shortPan));

        var pan = _cards.Next("PAN in a question").Pan;
        await AskAsync(new GetTransactionRequest { TransactionId = pan });
        var key = new AuthorizeRequest { MerchantId = "BAKERY-BERLIN", TerminalId = "BK000001", IdempotencyKey = pan };
        await AskAsync(new GetTransactionRequest { Key = Payments.KeyOf(key) });
        await ReverseAsync(key);
        await ReverseAsync(new AuthorizeRequest { MerchantId = pan, TerminalId = pan, IdempotencyKey = pan });
        await ExplainAsync(new ExplainRouteRequest { Bin = pan });
        await ExplainAsync(new ExplainRouteRequest { MerchantId = pan, Mcc = pan, TransactionId = pan });
        await ExplainAsync(new ExplainRouteRequest
        {
            Bin = _cards.Next("explained").Pan[..11],
            Amount = new Money { AmountMinor = 1290, Currency = "EUR" },
        });
    }

    /// <summary>A concentrator's stream: answers, refusals in place and misplaced numbers side by side.</summary>
    public async Task StreamAsync()
    {
        using var stream = _client.AuthorizeStream(cancellationToken: Token);
        AuthorizeRequest[] requests =
        [
            Chip("stream"), Chip("stream, declined", 9651), Chip("stream, silence", 9601),
            With("stream, bad check digit", card => card.Pan = Mistyped(card.Pan)),
            Misplaced("stream, PAN in key", (r, pan) => r.IdempotencyKey = $"a-{pan}.1"),
            Misplaced("stream, typo", (r, pan) => r.IdempotencyKey = r.PaymentMethod.Card.Pan = Mistyped(pan)),
        ];
        foreach (var request in requests)
            await stream.RequestStream.WriteAsync(new AuthorizeStreamRequest { Request = request }, Token);
        await stream.RequestStream.CompleteAsync();
        var answers = 0;
        for (; await stream.ResponseStream.MoveNext(Token); answers++)
            _evidence.AddMessage("answer on a stream", stream.ResponseStream.Current);
        Assert.Equal(requests.Length, answers);
    }

    /// <summary>Bytes that are no request, and a record in the store that is no answer.</summary>
    public async Task UnexpectedAsync()
    {
        var bytes = Chip("cut message").ToByteArray();
        await SendRawAsync("cut message", "Authorize", bytes[..^20], []);
        byte[] tooLong = [.. Chip("long message").ToByteArray(), .. new byte[MessageBytesMax]];
        await SendRawAsync("long message", "Authorize", tooLong, []);
        await SendRawAsync("no such method", "Charge", Chip("no such method").ToByteArray(), []);
        var inMetadata = Chip("metadata");
        await SendRawAsync("metadata", "Authorize", inMetadata.ToByteArray()[..^20], new Metadata
        {
            { "x-card", inMetadata.PaymentMethod.Card.Pan },
            { "x-card-bin", inMetadata.PaymentMethod.Card.EmvData.ToByteArray() },
        });

        var damaged = Chip("damaged record");
        await ExpectAsync("00", "damaged record", damaged);
        await DamageAnswersAsync();
        Assert.Equal("Internal", await SendAsync("damaged record", damaged));
    }

    private Task InvalidAsync(string flow, Action<Card> change) => ExpectAsync(Invalid, flow, With(flow, change));

    private Task MisplacedAsync(string flow, Action<AuthorizeRequest, string> place) =>
        ExpectAsync(Invalid, flow, Misplaced(flow, place));

    private AuthorizeRequest With(string flow, Action<Card> change)
    {
        var request = Chip(flow);
        change(request.PaymentMethod.Card);
        return request;
    }

    private AuthorizeRequest Misplaced(string flow, Action<AuthorizeRequest, string> place)
    {
        var request = Chip(flow);
        place(request, request.PaymentMethod.Card.Pan);
        return request;
    }

    private static string Mistyped(string pan) => pan[..^1] + (char)('0' + ((pan[^1] - '0' + 1) % 10));

    private static ByteString Bytes(string text) => ByteString.CopyFromUtf8(text);

    private static ByteString Cut(ByteString bytes) => ByteString.CopyFrom(bytes.Span[..^1]);

    private static ByteString Twice(ByteString bytes) => ByteString.CopyFrom([.. bytes.Span, .. bytes.Span]);

    private async Task ExplainAsync(ExplainRouteRequest request)
    {
        try
        {
            _evidence.AddMessage("explanation", await _operations.ExplainRouteAsync(request, cancellationToken: Token));
        }
        catch (RpcException e)
        {
            _evidence.AddError("refusal to explain", e);
        }
    }

    private async Task SendRawAsync(string flow, string name, byte[] bytes, Metadata metadata)
    {
        var plain = Marshallers.Create(static (byte[] b) => b, static b => b);
        var method = new Method<byte[], byte[]>(
            MethodType.Unary, "cardswitch.v1.AuthorizationService", name, plain, plain);
        using var call = _switch.Channel(_switch.Sandbox.Terminals).CreateCallInvoker()
            .AsyncUnaryCall(method, null, new CallOptions(metadata, cancellationToken: Token), bytes);
        _evidence.AddError($"refusal of {flow}", await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync));
    }

    // The record stays one by its form; the answer in it does not parse any more.
    private async Task DamageAnswersAsync()
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(_switch.Sandbox.Store);
        var database = redis.GetDatabase();
        await foreach (var key in redis.GetServer(redis.GetEndPoints()[0]).KeysAsync())
        {
            // Presence of instances and the index of what is open stand beside the records.
            if (await database.KeyTypeAsync(key) != RedisType.String) continue;
            var bytes = (byte[])(await database.StringGetAsync(key))!;
            if (!IdempotencyRecord.TryDecode(bytes, out var record, out _) || record.Answer.IsEmpty) continue;
            var at = bytes.AsSpan().IndexOf(record.Answer.Span);
            bytes.AsSpan(at, record.Answer.Length).Fill(0xFF);
            await database.StringSetAsync(key, bytes);
        }
    }
}
