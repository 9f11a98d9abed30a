using System.Text.Json;
using Switch.Contracts.V1;
using Switch.Settlement.Tests.Store;

namespace Switch.Settlement.Tests.Webhooks;

/// <summary>What happens to an attempt is no state of the payment, and must never look newer than one.</summary>
public sealed class AttemptSequenceTests
{
    public static TheoryData<string> Kinds => TestStore.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Deliver_AttemptsBesideAPayment_AreCountedApartFromIt(string kind)
    {
        using var rig = WebhookRig.Create(kind);
        await using var receiver = await WebhookReceiver.StartAsync();
        await rig.AddAsync(receiver.Url);
        foreach (var e in Story(rig.Time.GetUtcNow())) rig.Book(e);

        await rig.DeliverAsync();

        var told = receiver.Calls.Select(call => JsonDocument.Parse(call.Body).RootElement).ToDictionary(
            json => json.GetProperty("type").GetString()!, json => json.GetProperty("data"));
        Assert.Equal(1, told["payment.authorized"].GetProperty("sequence").GetInt32());
        Assert.Equal(2, told["payment.reversed"].GetProperty("sequence").GetInt32());
        var reversed = told["payment.attempt.reversed"];
        Assert.False(reversed.TryGetProperty("sequence", out _));
        Assert.Equal(
            ("00ff00ff", 1),
            (reversed.GetProperty("attempt_id").GetString(), reversed.GetProperty("attempt_sequence").GetInt32()));
        Assert.Equal(2, told["payment.attempt.reversal_acknowledged"].GetProperty("attempt_sequence").GetInt32());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Receive_ByTheDocumentedRule_KeepsThePaymentsStateInEveryOrder(string kind)
    {
        using var rig = WebhookRig.Create(kind);
        await using var receiver = await WebhookReceiver.StartAsync();
        await rig.AddAsync(receiver.Url);
        foreach (var e in Story(rig.Time.GetUtcNow())[..3]) rig.Book(e);
        await rig.DeliverAsync();

        var told = receiver.Calls.Select(call => JsonDocument.Parse(call.Body).RootElement).ToArray();
        Assert.Equal(3, told.Length);
        foreach (var order in (int[][])[[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
        {
            // Rule 4 of docs/webhooks.md: the highest sequence of a payment is its state.
            var (highest, state) = (0, "");
            foreach (var message in order.Select(i => told[i]))
            {
                if (!message.GetProperty("data").TryGetProperty("sequence", out var sequence)) continue;
                if (sequence.GetInt32() <= highest) continue;
                (highest, state) = (sequence.GetInt32(), message.GetProperty("type").GetString()!);
            }

            Assert.Equal("payment.authorized", state);
        }
    }

    // An attempt at another acquirer is taken back before and after the payment is answered; then the payment is.
    private static TransactionEvent[] Story(DateTimeOffset at) =>
    [
        WebhookSamples.Late("queued", TransactionEventType.ReversalQueued, at), WebhookSamples.Authorized(at: at),
        WebhookSamples.Late("acknowledged", TransactionEventType.ReversalAcknowledged, at),
        WebhookSamples.Reversed(at: at),
    ];
}
