using System.Text;
using System.Text.Json;
using Switch.Contracts.V1;
using Switch.Settlement.Webhooks;

namespace Switch.Settlement.Tests.Webhooks;

public sealed class WebhookMessageTests
{
    // The public schema: a change here breaks merchants, unless it adds a member.
    private static readonly string AuthorizedJson =
        """
        {"type":"payment.authorized","timestamp":"2026-03-01T12:30:45.123Z",
        "id":"evt_0123456789abcdef0123456789abcdef-authorized","schema_version":1,
        "data":{"event_id":"0123456789abcdef0123456789abcdef.authorized",
        "payment_id":"0123456789abcdef0123456789abcdef","root_payment_id":"0123456789abcdef0123456789abcdef",
        "sequence":1,"merchant_id":"M-1","terminal_id":"T1","idempotency_key":"order-17","batch_number":7,
        "business_date":"2026-03-01","accepted_at":"2026-03-01T12:30:44.873Z","kind":"purchase",
        "entry_mode":"contactless","requested":{"amount_minor":1290,"currency":"EUR"},
        "approved":{"amount_minor":1290,"currency":"EUR"},"outcome":"approved","response_code":"00",
        "approval_code":"A1B2C3","retrieval_reference_number":"606012345678","card_scheme":"visa",
        "card_last_four":"5678"}}
        """.Replace("\n", "", StringComparison.Ordinal);

    [Fact]
    public void Of_Authorized_IsTheDocumentedJson() =>
        Assert.Equal(AuthorizedJson, Body(WebhookSamples.Authorized(), 1));

    [Fact]
    public void Of_Reversed_AddsWhyAndNotWhoOrWhatTheHouseNoted()
    {
        var body = Body(WebhookSamples.Reversed(), 2);
        Assert.StartsWith("""{"type":"payment.reversed",""", body, StringComparison.Ordinal);
        Assert.EndsWith(
            ""","card_last_four":"5678","reversal_cause":"terminal","reversal_reason":"cancelled"}}""", body,
            StringComparison.Ordinal);
        Assert.DoesNotContain("own words", body, StringComparison.Ordinal);
        Assert.DoesNotContain("operator-9", body, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_AnAttempt_NamesItAndHasNoSequenceOfThePayment()
    {
        var body = Body(WebhookSamples.Late("queued", TransactionEventType.ReversalQueued), 3);
        Assert.Equal(
            """
            {"type":"payment.attempt.reversed","timestamp":"2026-03-01T12:30:45.123Z",
            "id":"evt_0123456789abcdef0123456789abcdef-late_reversal_queued-00ff00ff","schema_version":1,
            "data":{"event_id":"0123456789abcdef0123456789abcdef.late_reversal_queued.00ff00ff",
            "payment_id":"0123456789abcdef0123456789abcdef","root_payment_id":"0123456789abcdef0123456789abcdef",
            "attempt_id":"00ff00ff","attempt_sequence":3,"merchant_id":"M-1","terminal_id":"T1",
            "idempotency_key":"order-17","batch_number":7,"business_date":"2026-03-01",
            "accepted_at":"2026-03-01T12:30:44.873Z","kind":"purchase","entry_mode":"contactless",
            "requested":{"amount_minor":1290,"currency":"EUR"},"retrieval_reference_number":"606012345678",
            "card_scheme":"visa","card_last_four":"5678","reversal_cause":"recovery"}}
            """.Replace("\n", "", StringComparison.Ordinal),
            body);
    }

    [Fact]
    public void Of_AnyEvent_HoldsFourDigitsOfTheCardAtMostAndNoToken()
    {
        var e = WebhookSamples.Authorized();
        e.CardLastFour = "4912345678";
        var body = Body(e, 1);
        Assert.Contains("\"5678\"", body, StringComparison.Ordinal);
        Assert.DoesNotContain("491234", body, StringComparison.Ordinal);
        Assert.DoesNotContain(e.CardToken, body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", TransactionEventType.NotSent, Outcome.Declined, "payment.not_sent")]
    [InlineData("", TransactionEventType.Authorized, Outcome.Approved, "payment.authorized")]
    [InlineData("", TransactionEventType.Authorized, Outcome.PartiallyApproved, "payment.authorized")]
    [InlineData("", TransactionEventType.Authorized, Outcome.Declined, "payment.declined")]
    [InlineData("", TransactionEventType.Authorized, Outcome.Unspecified, null)]
    [InlineData("", TransactionEventType.ReversalQueued, Outcome.Unspecified, "payment.reversed")]
    [InlineData("", TransactionEventType.ReversalAcknowledged, Outcome.Unspecified, "payment.reversal.acknowledged")]
    [InlineData("", TransactionEventType.ReversalParked, Outcome.Unspecified, "payment.reversal.parked")]
    [InlineData("", TransactionEventType.ReversalClosed, Outcome.Unspecified, "payment.reversal.closed")]
    [InlineData("late_", TransactionEventType.ReversalQueued, Outcome.Approved, "payment.attempt.reversed")]
    [InlineData(
        "late_", TransactionEventType.ReversalAcknowledged, Outcome.Approved, "payment.attempt.reversal_acknowledged")]
    [InlineData("late_", TransactionEventType.ReversalParked, Outcome.Approved, "payment.attempt.reversal_parked")]
    [InlineData("late_", TransactionEventType.ReversalClosed, Outcome.Approved, "payment.attempt.reversal_closed")]
    [InlineData("late_", TransactionEventType.Authorized, Outcome.Approved, null)]
    [InlineData("", (TransactionEventType)7, Outcome.Approved, null)]
    public void Of_EventType_HasItsName(string late, TransactionEventType type, Outcome outcome, string? expected)
    {
        var name = WebhookEventType.Of($"{WebhookSamples.Transaction}.{late}x", type, outcome);
        Assert.Equal(expected, name);
        if (name is not null) Assert.Contains(name, WebhookEventType.All.AsEnumerable());
    }

    [Fact]
    public void Documentation_Schema_DescribesEveryTypeAndMember()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Switch.sln"))) root = root.Parent;
        var page = File.ReadAllText(Path.Combine(root!.FullName, "docs", "webhooks.md"));
        foreach (var type in WebhookEventType.All) Assert.Contains($"`{type}`", page, StringComparison.Ordinal);
        var e = WebhookSamples.Reversed();
        e.DeclinedBy = DeclinedBy.Issuer;
        using var json = JsonDocument.Parse(Body(e, 1));
        foreach (var member in json.RootElement.EnumerateObject().Where(member => member.Name != "data"))
            Assert.Contains($"| `{member.Name}` |", page, StringComparison.Ordinal);
        using var attempt = JsonDocument.Parse(Body(
            WebhookSamples.Late("queued", TransactionEventType.ReversalQueued), 1));
        foreach (var member in json.RootElement.GetProperty("data").EnumerateObject()
            .Concat(attempt.RootElement.GetProperty("data").EnumerateObject()))
            Assert.Contains($"`data.{member.Name}`", page, StringComparison.Ordinal);
        // The example is the golden message.
        Assert.Contains(
            AuthorizedJson, page.Replace("\n ", "", StringComparison.Ordinal)
                .Replace(" \"", "\"", StringComparison.Ordinal),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ab.authorized", "evt_ab-authorized")]
    [InlineData("ab.late_reversal_parked.00ff.1700", "evt_ab-late_reversal_parked-00ff-1700")]
    public void IdOf_EventId_HasNoFullStop(string eventId, string expected) =>
        Assert.Equal(expected, WebhookMessage.IdOf(eventId));

    [Theory]
    [InlineData("a\r\nx-injected: 1")]
    [InlineData("a-b")]
    [InlineData("ä")]
    [InlineData("")]
    public void IdOf_StrangeEventId_IsSafeAndStillOneToOne(string eventId)
    {
        var id = WebhookMessage.IdOf(eventId);
        Assert.Matches("^[a-z0-9_-]{4,132}$", id);
        Assert.NotEqual(WebhookMessage.IdOf(eventId.Replace('-', '.') + "."), id);
    }

    private static string Body(TransactionEvent e, long sequence) =>
        Encoding.UTF8.GetString(WebhookMessage.Of(e, sequence)!.Body.Span);
}
