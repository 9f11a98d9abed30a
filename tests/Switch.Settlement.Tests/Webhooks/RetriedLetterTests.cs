using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Switch.Contracts.V1;
using Switch.Settlement.Consuming;
using Switch.Settlement.Hosting;
using Switch.Settlement.Tests.Consuming;
using Switch.Settlement.Tests.Store;
using Switch.Settlement.Webhooks;

namespace Switch.Settlement.Tests.Webhooks;

/// <summary>Dead letters that are booked after all are told as well, and change no rank that was told before.</summary>
public sealed class RetriedLetterTests
{
    private static readonly DateTimeOffset Day = new(2026, 5, 28, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> Kinds => TestStore.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Retry_LettersThatTheFanOutHasPassed_AreDeliveredOnceAndAReplaySaysTheSame(string kind)
    {
        using var rig = WebhookRig.Create(kind);
        await using var receiver = await WebhookReceiver.StartAsync();
        var endpoint = await AddAsync(rig, receiver.Url);
        using var writer = BooksWriterTests.Writer(rig.Store);
        writer.Write(
        [
            Dead(0, EventStreams.Authorized(1)),
            EventStreams.Read(0, 1, EventStreams.Authorized(2)),
            EventStreams.Read(0, 2, Reversal(1, "queued", TransactionEventType.ReversalQueued)),
            Dead(3, EventStreams.Authorized(3)),
        ]);
        await rig.DeliverAsync();
        Assert.Equal([(1, "payment.reversed", 1L), (2, "payment.authorized", 1L)], Told(receiver.Calls).Order());

        Assert.Equal(new RetryResult(2, 0, 0), Retry(rig));
        await rig.DeliverAsync();
        writer.Write(
        [
            EventStreams.Read(0, 4, Reversal(1, "acknowledged", TransactionEventType.ReversalAcknowledged)),
            EventStreams.Read(0, 5, Reversal(3, "queued", TransactionEventType.ReversalQueued)),
        ]);
        await rig.DeliverAsync();

        // The approval of 1 came after its reversal: it is no state of the payment, so it has no sequence.
        Assert.Equal(
            [(1, "payment.authorized", 0L), (1, "payment.reversal.acknowledged", 2L),
                (3, "payment.authorized", 1L), (3, "payment.reversed", 2L)],
            Told(receiver.Calls.Skip(2)).Order());
        var first = receiver.Calls.Select(call => (call.Id, call.Body)).Order().ToList();
        Assert.Equal(6, (await rig.Replay.ReplayAsync(
            endpoint, Day, Day.AddDays(1), WebhookRig.Cancel)).Value);
        await rig.DeliverAsync();
        Assert.Equal(first, receiver.Calls.Skip(6).Select(call => (call.Id, call.Body)).Order());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Retry_LetterThatTheFanOutHasNotPassed_IsToldOnce(string kind)
    {
        using var rig = WebhookRig.Create(kind);
        await AddAsync(rig, "http://127.0.0.1:9/");
        await AddAsync(rig, "http://127.0.0.1:9/", WebhookEventType.Declined);
        using var writer = BooksWriterTests.Writer(rig.Store);
        writer.Write([Dead(0, EventStreams.Authorized(1)), EventStreams.Read(0, 1, EventStreams.Authorized(2))]);

        Assert.Equal(new RetryResult(1, 0, 0), Retry(rig));
        Assert.Equal(1, rig.Count(DeliveryState.Pending));
        await rig.FanOutAllAsync();

        Assert.Equal(2, rig.Count(DeliveryState.Pending));
    }

    /// <summary>Random letters, retried at random times and in random order, beside random fan-outs.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Retry_AtRandom_RanksAreThoseOfTheBookingAndNeverChange(string kind)
    {
        const int Stories = 20;
        using var rig = WebhookRig.Create(kind);
        var endpoint = await AddAsync(rig, "http://127.0.0.1:9/");
        using var writer = BooksWriterTests.Writer(rig.Store);
        var offset = 0L;
        var expected = new List<string>();
        for (var payment = 1; payment <= Stories; payment++)
        {
            var random = new Random(payment);
            var (dead, booked) = (new List<ReadMessage>(), new List<ReadMessage>());
            for (var number = 1; number <= 8; number++)
            {
                var read = EventStreams.Read(0, offset++, Parked(payment, number));
                var isDead = random.Next(5) < 2;
                writer.Write([isDead ? read with { Event = null, Fault = "for a test" } : read]);
                (isDead ? dead : booked).Add(read);
                if (random.Next(2) == 0) await rig.FanOutAllAsync();
                if (number == 8) RetrySome(int.MaxValue);
                else if (random.Next(3) == 0) RetrySome(random.Next(1, 4));
            }

            expected.AddRange(Ranked(booked));

            void RetrySome(int max)
            {
                for (; dead.Count > 0 && max > 0; max--)
                {
                    var letter = dead[random.Next(dead.Count)];
                    dead.Remove(letter);
                    Assert.Equal(1, writer.WriteRetried([letter]).Events);
                    booked.Add(letter);
                }
            }
        }

        await rig.FanOutAllAsync();
        var replayed = await rig.Replay.ReplayAsync(endpoint, Day, Day.AddDays(1), WebhookRig.Cancel);

        Assert.Equal((Stories * 8, null), (replayed.Value, replayed.Fault));
        Assert.Contains(expected, static told => told.EndsWith(" 0", StringComparison.Ordinal));
        const string Told = "SELECT event_id || ' ' || sequence FROM webhook_delivery WHERE replay_ms ";
        Assert.Equal(expected.Order(), rig.Store.Rows<string>(Told + "= 0").Order());
        Assert.Equal(expected.Order(), rig.Store.Rows<string>(Told + "> 0").Order());
    }

    // By the documentation: 1, 2, 3 as they were booked; none for what came after a later one.
    private static IEnumerable<string> Ranked(List<ReadMessage> booked)
    {
        var (newest, rank) = (-1L, 0);
        foreach (var read in booked)
        {
            var isNewer = read.Message.Offset > newest;
            if (isNewer) (newest, rank) = (read.Message.Offset, rank + 1);
            yield return $"{read.Event!.EventId} {(isNewer ? rank : 0)}";
        }
    }

    private static async Task<string> AddAsync(WebhookRig rig, string url, params string[] types)
    {
        var added = await rig.Endpoints.AddAsync("M-ONE", url, types, WebhookRig.Cancel);
        // The events are of a day that has passed.
        rig.Store.Execute("UPDATE webhook_endpoint SET created_ms = 0");
        return added.Value!.EndpointId;
    }

    private static RetryResult Retry(WebhookRig rig) => new DeadLetterRetry(
        rig.Store.Database, EventStreams.Bookkeeper, new SettlementOptions(), new FakeTimeProvider(Day))
        .Retry(WebhookRig.Cancel);

    private static ReadMessage Dead(long offset, TransactionEvent e) =>
        EventStreams.Read(0, offset, e) with { Event = null, Fault = "for a test" };

    private static TransactionEvent Reversal(int payment, string what, TransactionEventType type) =>
        EventStreams.Event(payment, $"reversal_{what}", type);

    private static TransactionEvent Parked(int payment, int number) =>
        EventStreams.Event(payment, $"reversal_parked.{number}", TransactionEventType.ReversalParked);

    private static IEnumerable<(int Payment, string Type, long Sequence)> Told(IEnumerable<ReceivedCall> calls) =>
        calls.Select(static call =>
        {
            var message = JsonDocument.Parse(call.Body).RootElement;
            var data = message.GetProperty("data");
            return (
                Convert.ToInt32(data.GetProperty("payment_id").GetString(), 16),
                message.GetProperty("type").GetString()!,
                data.TryGetProperty("sequence", out var sequence) ? sequence.GetInt64() : 0);
        });
}
