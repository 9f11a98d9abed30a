using Grpc.Core;
using Switch.Contracts.V1;

namespace Switch.EndToEnd.Tests;

/// <summary>Drives canary cards through a running switch and keeps all that its clients get to see.</summary>
internal sealed partial class CanaryFlows
{
    /// <summary>What alpha does, by amount; all else is approved.</summary>
    public const string Scenario =
        """
        defaults: { latency: 2ms }
        rules:
          - { when: { amount: 9651 }, then: { code: "51" } }
          - { when: { amount: 9610 }, then: { partial: 50% } }
          - { when: { amount: 9691 }, then: { code: "91" } }
          - { when: { amount: 9611 }, then: { code: "Q9" } }
          - { when: { amount: 9601 }, then: { silent: true } }
          - { when: { amount: 9602 }, then: { disconnect: instead } }
          - { when: { amount: 9603 }, then: { malformed: garbage } }
          - { when: { amount: 9604 }, then: { malformed: truncated } }
          - { when: { amount: 9605 }, then: { malformed: oversized } }
          - { when: { amount: 9606 }, then: { malformed: bad_bitmap } }
          - { when: { amount: 9607 }, then: { late: 1500ms } }
          - { when: { amount: 9608 }, then: { change_field: { 37: "000000000000" } } }
          - { when: { amount: 9609 }, then: { drop_field: [39] } }
          - { when: { amount: 9612 }, then: { answer_twice: true } }
          - { when: { kind: reversal, amount: 9601 }, then: { code: "05" } }
          - { when: { kind: reversal, amount: 9602, times: 1 }, then: { silent: true } }
        """;

    private readonly SwitchUnderTest _switch;
    private readonly CanaryCards _cards;
    private readonly CardDataEvidence _evidence;
    private readonly AuthorizationService.AuthorizationServiceClient _client;
    private readonly OperationsService.OperationsServiceClient _operations;

    public CanaryFlows(SwitchUnderTest @switch, CanaryCards cards, CardDataEvidence evidence)
    {
        _switch = @switch;
        _cards = cards;
        _evidence = evidence;
        _client = @switch.Client;
        _operations = @switch.Operations;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Every way to read a card, every answer an acquirer may give, every kind of repeat.</summary>
    public async Task AnswersAsync()
    {
        await ExpectAsync("00", "chip", Chip("chip"));
        await ExpectAsync("00", "contactless", Chip("contactless", mode: EntryMode.Contactless));
        await ExpectAsync("00", "stripe", Pay(_cards.Next("stripe").Stripe(), EntryMode.MagneticStripe));
        await ExpectAsync("00", "stripe fallback", Pay(_cards.Next("fallback").Stripe(), EntryMode.FallbackStripe));
        await ExpectAsync("00", "manual", Pay(_cards.Next("manual", 15, "37").Manual(), EntryMode.Manual));
        await ExpectAsync("00", "ecommerce", Pay(_cards.Next("ecommerce", 19, "62").Manual(), EntryMode.Ecommerce));
        await ExpectAsync("51", "decline", Chip("decline", 9651));
        await ExpectAsync("05", "unknown code", Chip("unknown code", 9611));
        await ExpectAsync("51", "partial, refused", Chip("partial, refused", 9610));
        var partial = Chip("partial, taken", 9610);
        partial.Capabilities.PartialApproval = true;
        await ExpectAsync("10", "partial, taken", partial);

        var replayed = Chip("replay");
        await ExpectAsync("00", "replay", replayed);
        replayed.PaymentMethod.Card.PinBlock = _cards.NextPinBlock("replay");
        await ExpectAsync("00", "replay", replayed);
        replayed.PaymentMethod.Card = _cards.Next("key reuse").Chip();
        await ExpectAsync("AlreadyExists", "key reuse", replayed);
    }

    /// <summary>Acquirers that answer badly, late, or not at all.</summary>
    public async Task AcquirerFaultsAsync()
    {
        await ExpectAsync("68", "silence", Chip("silence", 9601));
        foreach (var (amount, name) in ((long, string)[])
            [(9602, "disconnect"), (9603, "garbage"), (9604, "truncated"), (9605, "oversized"), (9606, "bad bitmap")])
        {
            await _switch.LinkAsync("alpha", up: true);
            await ExpectAsync("68", name, Chip(name, amount));
        }

        await _switch.LinkAsync("alpha", up: true);
        await ExpectAsync("68", "late reply", Chip("late reply", 9607));
        await ExpectAsync("68", "unmatched reply", Chip("unmatched reply", 9608));
        await ExpectAsync("68", "reply without a code", Chip("reply without a code", 9609));
        await ExpectAsync("00", "two replies", Chip("two replies", 9612));
        await ExpectAsync("00", "failover on 91", Chip("failover on 91", 9691));
        await LoggedAsync(1304);
        await LoggedAsync(1305);

        _switch.Sandbox.Alpha.Refuse();
        await ExpectAsync("00", "failover on loss", Chip("failover on loss"));
        _switch.Sandbox.Beta.Refuse();
        await _switch.LinkAsync("alpha", up: false);
        await _switch.LinkAsync("beta", up: false);
        var retried = Chip("both down");
        await ExpectAsync("91", "both down", retried);
        _switch.Sandbox.Alpha.Accept();
        _switch.Sandbox.Beta.Accept();
        await _switch.LinkAsync("alpha", up: true);
        await _switch.LinkAsync("beta", up: true);
        await ExpectAsync("00", "both up again", retried);
    }

    /// <summary>Reversals, questions, and callers who give up.</summary>
    public async Task AftermathAsync()
    {
        var approved = Chip("reversed");
        await ExpectAsync("00", "reversed", approved);
        await ReverseAsync(approved);
        await ReverseAsync(approved);
        await AskAsync(new GetTransactionRequest { Key = Payments.KeyOf(approved) });

        var buried = Chip("tombstone");
        await ReverseAsync(buried);
        await ExpectAsync("12", "tombstone", buried);
        await AskAsync(new GetTransactionRequest { Key = Payments.KeyOf(buried) });

        var beta = _switch.Sandbox.Beta;
        beta.HoldAnswers();
        var inFlight = AmexChip("in flight");
        var pending = SendAsync("in flight", inFlight);
        await _switch.OpenIntentsAsync(1);
        await AskAsync(new GetTransactionRequest { Key = Payments.KeyOf(inFlight) });
        await _evidence.AddRedisAsync(_switch.Sandbox.Store);
        Assert.NotEqual(0, _evidence.AddRows(Path.Combine(_switch.Sandbox.StateFolder, "journal.db")));
        var reversal = ReverseAsync(inFlight);
        await WaitersAsync(1);
        beta.ReleaseAnswers();
        await reversal;
        Assert.Equal("00", await pending);

        beta.HoldAnswers();
        var abandoned = AmexChip("abandoned");
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var call = _client.AuthorizeAsync(abandoned, cancellationToken: gone.Token).ResponseAsync;
        await _switch.OpenIntentsAsync(1);
        await gone.CancelAsync();
        _evidence.AddError("abandoned", await Assert.ThrowsAsync<RpcException>(() => call));
        beta.ReleaseAnswers();
        await ExpectAsync("00", "abandoned", abandoned);
        await ExpectAsync(
            "DeadlineExceeded", "no time", Chip("no time"), TimeSpan.FromMilliseconds(50));
    }

    /// <summary>Sends one request that has to end in that response code, or that status.</summary>
    public async Task ExpectAsync(string expected, string flow, AuthorizeRequest request, TimeSpan? deadline = null)
    {
        // What does not hold card data in a field of its own is the caller's to print.
        if (expected != "InvalidArgument") _evidence.Add($"request of {flow} as text", request.ToString());
        Assert.Equal((flow, expected), (flow, await SendAsync(flow, request, deadline)));
    }

    /// <summary>A chip payment with a card of its own.</summary>
    public AuthorizeRequest Chip(string flow, long amountMinor = 1290, EntryMode mode = EntryMode.Chip) =>
        Pay(_cards.Next(flow).Chip(), mode, amountMinor);

    /// <summary>The same with a card that beta is asked about first.</summary>
    public AuthorizeRequest AmexChip(string flow) => Pay(_cards.Next(flow, 15, "37").Chip(), EntryMode.Chip);

    /// <summary>Sends one request; gives the response code, or the status when it is refused.</summary>
    public async Task<string> SendAsync(string flow, AuthorizeRequest request, TimeSpan? deadline = null)
    {
        var until = TimeProvider.System.GetUtcNow().UtcDateTime + (deadline ?? TimeSpan.FromSeconds(15));
        try
        {
            var answer = await _client.AuthorizeAsync(request, deadline: until, cancellationToken: Token);
            _evidence.AddMessage($"answer to {flow}", answer);
            return answer.ResponseCode;
        }
        catch (RpcException e)
        {
            _evidence.AddError($"refusal of {flow}", e);
            return e.StatusCode.ToString();
        }
    }

    public async Task ReverseAsync(AuthorizeRequest original)
    {
        try
        {
            var call = _client.ReverseAsync(Payments.ReverseOf(original), cancellationToken: Token);
            _evidence.AddMessage("answer to a reversal", await call);
        }
        catch (RpcException e)
        {
            _evidence.AddError("refusal of a reversal", e);
        }
    }

    public async Task AskAsync(GetTransactionRequest question)
    {
        try
        {
            _evidence.AddMessage("transaction", await _client.GetTransactionAsync(question, cancellationToken: Token));
        }
        catch (RpcException e)
        {
            _evidence.AddError("refusal of a question", e);
        }
    }

    private static AuthorizeRequest Pay(Card card, EntryMode mode, long amountMinor = 1290)
    {
        var request = Payments.Purchase(amountMinor);
        request.EntryMode = mode;
        request.PaymentMethod = new PaymentMethod { Card = card };
        return request;
    }

    private Task WaitersAsync(int count) => Switch.Testing.Eventually.TrueAsync(
        async () => (await MetricsPage.ReadAsync(_switch.Sandbox.Management, Token))
            .Where(line => line.Name == "cardswitch_idempotency_waiters").Sum(line => line.Value) == count,
        $"{count} that wait for the end of another", cancellationToken: Token);

    private Task LoggedAsync(int eventId) => Switch.Testing.Eventually.TrueAsync(
        () => _switch.Log.Lines.Any(line => line.EventId == eventId), $"log event {eventId}", cancellationToken: Token);
}
