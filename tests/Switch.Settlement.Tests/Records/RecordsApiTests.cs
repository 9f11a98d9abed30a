using System.Net;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Switch.Contracts.V1;
using Switch.Settlement.Books;
using Switch.Settlement.Tests.Store;

namespace Switch.Settlement.Tests.Records;

public sealed class RecordsApiTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task GetPayment_Reversed_TellsTheWholeStory(string kind)
    {
        using var store = TestStore.Create(kind);
        var answer = RecordedPayments.Authorized(1);
        store.Record(
            5, PaymentStage.Reversed, answer,
            answer.Then(TransactionEventType.ReversalQueued, TimeSpan.FromSeconds(3), "reversal_queued"),
            answer.Then(TransactionEventType.ReversalAcknowledged, TimeSpan.FromSeconds(4), "reversal_acknowledged"));
        AddEntry(store, 11, 5, EntryKind.Sale, (Account.SchemeReceivable, 1290, 0), (Account.MerchantPayable, -1290, 0),
            (Account.MerchantPayable, 26, 3), (Account.FeeIncome, -26, 3));
        AddEntry(store, 12, 5, EntryKind.Reversal, (Account.ReversalSuspense, -1290, 0));
        AddEntry(store, 13, 0, EntryKind.Payout, (Account.Bank, -1, 0));
        store.Execute("INSERT INTO fee_rule (id, rule_key, rule_text) VALUES (3, 'mdr/1', '2.00 %')");
        await using var host = await QueryHost.StartAsync(store.Database);

        var story = await host.Records.GetPaymentAsync(
            new GetPaymentRequest { TransactionId = answer.TransactionId }, cancellationToken: Cancel);

        Assert.Equal(
            [TransactionEventType.Authorized, TransactionEventType.ReversalQueued,
                TransactionEventType.ReversalAcknowledged],
            story.Events.Select(e => e.Type));
        Assert.Equal((180, 3000, 1000), (story.Timings.AnswerMs, story.Timings.AnswerToReversalMs,
            story.Timings.ReversalToAcknowledgementMs));
        Assert.Equal(("rule visa-eu, candidate 1 of 2", 1), (story.RouteReason, story.Attempts));
        Assert.Equal(PaymentBookStage.Reversed, story.Payment.Stage);
        Assert.Equal(["sale", "reversal"], story.Entries.Select(entry => entry.Kind));
        var fee = story.Entries[0].Lines[3];
        Assert.Equal(("fee_income", -26, "mdr/1", "2.00 %"),
            (fee.AccountName, fee.AmountMinor, fee.RuleKey, fee.RuleText));
        Assert.Equal(("************1111", "A1B2C3", true, 12),
            (story.Receipt.MaskedCard, story.Receipt.ApprovalCode, story.Receipt.Reversed,
                story.Receipt.LocalDateTime.Hour));
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task GetPayment_OverJson_IsTheSame(string kind)
    {
        using var store = TestStore.Create(kind);
        var answer = RecordedPayments.Authorized(1);
        store.Record(5, PaymentStage.Posted, answer);
        await using var host = await QueryHost.StartAsync(store.Database);

        using var json = JsonDocument.Parse(await host.Json.GetStringAsync($"/v1/payments/{answer.TransactionId}",
            Cancel));

        var payment = json.RootElement.GetProperty("payment");
        Assert.Equal("6152" + "00000001", payment.GetProperty("retrievalReferenceNumber").GetString());
        Assert.Equal("1290", payment.GetProperty("approvedAmount").GetProperty("amountMinor").GetString());
        Assert.Equal("2026-06-01T10:00:01Z", payment.GetProperty("acceptedAt").GetString());
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task FindPayments_ByEverythingACallerHas_FindsThemNewestFirst(string kind)
    {
        using var store = TestStore.Create(kind);
        for (var i = 1; i <= 9; i++) store.Record(i, PaymentStage.Posted, RecordedPayments.Authorized(i));
        store.Record(20, PaymentStage.Posted, RecordedPayments.Authorized(20, e =>
        {
            (e.TerminalId, e.MerchantId, e.CardLastFour) = ("T2", "M2", "2222");
            e.RequestedAmount.AmountMinor = 500;
        }));
        await using var host = await QueryHost.StartAsync(store.Database);
        var (from, to) = (At(0), At(60));

        Assert.Equal([20], await FindAsync(host, new() { TransactionId = RecordedPayments.Key + "14" }));
        Assert.Equal([3], await FindAsync(host, new() { RetrievalReferenceNumber = "615200000003" }));
        Assert.Equal([20], await FindAsync(host, new()
        {
            Terminal = new()
            {
                TerminalId = "T2",
                From = from,
                To =
            to
            }
        }));
        // The first moment belongs to a range, its end does not.
        Assert.Equal([4, 3, 2],
            await FindAsync(host, new() { Terminal = new() { TerminalId = "T1", From = At(2), To = At(5) } }));
        Assert.Equal([9, 8, 7, 6, 5, 4, 3, 2, 1],
            await FindAsync(host, new() { Merchant = new() { MerchantId = "M1", From = from, To = to } }));
        Assert.Equal([20], await FindAsync(host, new() { Card = Card("2222", 500, "EUR") }));
        Assert.Equal([], await FindAsync(host, new() { Card = Card("2222", 500, "USD") }));
        Assert.Equal([], await FindAsync(host, new() { Card = Card("2222", 501, "EUR") }));
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task FindPayments_PageByPage_ShowsEachOnceEvenWhenAcceptedAtOnce(string kind)
    {
        using var store = TestStore.Create(kind);
        var same = RecordedPayments.Accepted.ToTimestamp();
        for (var i = 1; i <= 7; i++)
            store.Record(i, PaymentStage.Posted, RecordedPayments.Authorized(i, e => e.AcceptedAt = same));
        await using var host = await QueryHost.StartAsync(store.Database);
        var request = new FindPaymentsRequest
        {
            Merchant = new() { MerchantId = "M1", From = At(0), To = At(60) },
            PageSize = 3,
        };

        List<int> seen = [];
        for (var pages = 1; ; pages++)
        {
            var page = await host.Records.FindPaymentsAsync(request, cancellationToken: Cancel);
            seen.AddRange(page.Payments.Select(payment => payment.Stan));
            request.PageToken = page.NextPageToken;
            if (page.NextPageToken.Length > 0) continue;
            Assert.Equal(3, pages);
            break;
        }

        Assert.Equal([7, 6, 5, 4, 3, 2, 1], seen);
    }

    [Fact]
    public async Task FindPayments_OverJson_TakesNestedCriteriaAndPages()
    {
        using var store = TestStore.Create(TestStore.Sqlite);
        for (var i = 1; i <= 3; i++) store.Record(i, PaymentStage.Posted, RecordedPayments.Authorized(i));
        await using var host = await QueryHost.StartAsync(store.Database);
        const string Query = "/v1/payments?terminal.terminalId=T1&terminal.from=2026-06-01T00:00:00Z"
            + "&terminal.to=2026-06-02T00:00:00Z&pageSize=2";

        using var first = JsonDocument.Parse(await host.Json.GetStringAsync(Query, Cancel));
        var token = first.RootElement.GetProperty("nextPageToken").GetString();
        using var second = JsonDocument.Parse(await host.Json.GetStringAsync($"{Query}&pageToken={token}", Cancel));

        Assert.Equal(2, first.RootElement.GetProperty("payments").GetArrayLength());
        Assert.Equal(1, second.RootElement.GetProperty("payments").GetArrayLength());
        Assert.Equal("", second.RootElement.GetProperty("nextPageToken").GetString());
    }

    [Fact]
    public async Task FindPayments_FaultyFields_AreAllNamedInBothForms()
    {
        using var store = TestStore.Create(TestStore.Sqlite);
        await using var host = await QueryHost.StartAsync(store.Database);

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await host.Records.FindPaymentsAsync(
            new FindPaymentsRequest { Card = Card("12a4", 0, "eur"), PageSize = 201, PageToken = "x" },
            cancellationToken: Cancel));
        var status = refused.GetRpcStatus()!;
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Equal(("INVALID_REQUEST", "cardswitch"),
            (status.GetDetail<ErrorInfo>()!.Reason, status.GetDetail<ErrorInfo>()!.Domain));
        Assert.Equal(
            ["page_size", "card.last_four", "card.amount.amount_minor", "card.amount.currency", "page_token"],
            status.GetDetail<BadRequest>()!.FieldViolations.Select(fault => fault.Field));

        using var answer = await host.Json.GetAsync("/v1/payments?pageSize=7", Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var body = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.Contains("INVALID_REQUEST", body, StringComparison.Ordinal);
        Assert.Contains("criteria", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetPayment_Unknown_IsNotFoundInBothForms()
    {
        using var store = TestStore.Create(TestStore.Sqlite);
        await using var host = await QueryHost.StartAsync(store.Database);
        var unknown = new string('0', 32);

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await host.Records.GetPaymentAsync(
            new GetPaymentRequest { TransactionId = unknown }, cancellationToken: Cancel));
        using var answer = await host.Json.GetAsync($"/v1/payments/{unknown}", Cancel);

        Assert.Equal((StatusCode.NotFound, "PAYMENT_UNKNOWN"),
            (refused.StatusCode, refused.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("PAYMENT_UNKNOWN", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_UnderANameOfTheOutside_IsNotServed()
    {
        using var store = TestStore.Create(TestStore.Sqlite);
        store.Record(1, PaymentStage.Posted, RecordedPayments.Authorized(1));
        await using var host = await QueryHost.StartAsync(store.Database);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/payments/{RecordedPayments.Key}01");
        request.Headers.Host = "rebound.example";

        using var answer = await host.Json.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.DoesNotContain("411111", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_OnAnotherPortOfTheHost_IsNotServed()
    {
        using var store = TestStore.Create(TestStore.Sqlite);
        store.Record(1, PaymentStage.Posted, RecordedPayments.Authorized(1));
        await using var host = await QueryHost.StartAsync(store.Database);
        var path = $"/v1/payments/{RecordedPayments.Key}01";

        using var elsewhere = await host.Json.GetAsync(new Uri(host.ElsewhereInTheHost, path), Cancel);
        using var there = await host.Json.GetAsync(path, Cancel);

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.OK), (elsewhere.StatusCode, there.StatusCode));
    }

    [Fact]
    public async Task AnyQuery_StoreGone_IsUnavailableWithARetryHint()
    {
        using var store = TestStore.Create(TestStore.Sqlite);
        await using var host = await QueryHost.StartAsync(store.Database);
        store.Execute("ALTER TABLE payment RENAME TO elsewhere");

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await host.Records.GetPaymentAsync(
            new GetPaymentRequest { TransactionId = new string('0', 32) }, cancellationToken: Cancel));

        Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
        Assert.NotNull(refused.GetRpcStatus()!.GetDetail<RetryInfo>());
    }

    private static async Task<IEnumerable<int>> FindAsync(QueryHost host, FindPaymentsRequest request)
    {
        var found = await host.Records.FindPaymentsAsync(request, cancellationToken: Cancel);
        Assert.Equal("", found.NextPageToken);
        return found.Payments.Select(payment => payment.Stan);
    }

    private static Timestamp At(int seconds) =>
        (RecordedPayments.Accepted + TimeSpan.FromSeconds(seconds)).ToTimestamp();

    private static CardCriteria Card(string lastFour, long minor, string currency) => new()
    {
        LastFour = lastFour,
        BusinessDate = "2026-06-01",
        Amount = new Money { AmountMinor = minor, Currency = currency },
    };

    private static void AddEntry(
        TestStore store, long id, long paymentId, EntryKind kind, params (Account Account, long Minor,
            int Rule)[] lines)
    {
        store.Execute(
            """
            INSERT INTO entry (id, event_row, payment_id, reference, acquirer, merchant_id, currency, business_date,
              settle_date, kind)
            VALUES (@id, 0, @paymentId, '', 'north', 'M1', 'EUR', '2026-06-01', '2026-06-01', @kind)
            """,
            new { id, paymentId, kind = (int)kind });
        for (var i = 0; i < lines.Length; i++)
        {
            store.Execute(
                "INSERT INTO posting (entry_id, line, account, amount_minor, rule_id, remainder_micro) "
                + "VALUES (@id, @i, @account, @Minor, @Rule, 0)",
                new { id, i, account = (int)lines[i].Account, lines[i].Minor, lines[i].Rule });
        }
    }
}
