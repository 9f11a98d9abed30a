using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Switch.Settlement.Tests.Store;
using Switch.Settlement.Webhooks;
using Switch.Testing;

namespace Switch.Settlement.Tests.Webhooks;

/// <summary>The service as the program runs it, by the real clock.</summary>
public sealed class WebhookServiceTests
{
    private static readonly string[] PaymentColumns =
    [
        "root_transaction_id", "merchant_id", "terminal_id", "acquirer", "rrn", "stan", "batch_number", "kind",
        "entry_mode", "currency", "requested_minor", "approved_minor", "outcome", "declined_by", "response_code",
        "approval_code", "scheme", "funding", "issuer_country", "mcc", "card_first_six", "card_last_four",
        "card_token", "business_date", "accepted_ms", "answered_ms", "stage", "approval_entry_id",
    ];

    public static TheoryData<string> Kinds => TestStore.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Service_NewEvents_AreDeliveredAndAStopEndsWhatIsUnderWay(string kind)
    {
        using var rig = WebhookRig.Create(kind, options => options.PollInterval = TimeSpan.FromMilliseconds(50));
        await using var receiver = await WebhookReceiver.StartAsync();
        var issued = await rig.AddAsync(receiver.Url);
        using var host = Host(rig);
        await host.StartAsync(WebhookRig.Cancel);
        rig.Pay(1);
        await Eventually.TrueAsync(
            () => rig.Count(DeliveryState.Delivered) == 1, "the first is delivered",
            cancellationToken: WebhookRig.Cancel);
        receiver.Calls[0].Verify(issued.Secret);

        var release = new TaskCompletionSource();
        receiver.Answer = (_, _) => release.Task;
        rig.Pay(2);
        await Eventually.TrueAsync(
            () => receiver.Calls.Count == 2, "the second is sent", cancellationToken: WebhookRig.Cancel);
        var stopping = host.StopAsync(WebhookRig.Cancel);
        rig.Pay(3);
        release.SetResult();
        await stopping;
        Assert.Equal(2, rig.Count(DeliveryState.Delivered));
        Assert.Equal(2, receiver.Calls.Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Service_StoreFailsForATime_GoesOnAndLosesNothing(string kind)
    {
        using var rig = WebhookRig.Create(kind, options => options.PollInterval = TimeSpan.FromMilliseconds(50));
        await using var receiver = await WebhookReceiver.StartAsync();
        await rig.AddAsync(receiver.Url);
        rig.Store.Execute("ALTER TABLE webhook_delivery RENAME TO away");
        using var log = new LogCapture();
        using var host = Host(rig, log);
        await host.StartAsync(WebhookRig.Cancel);
        for (var i = 1; i <= 10; i++) rig.Pay(i);
        await Eventually.TrueAsync(
            () => log.Lines.Count(line => line.EventId == 5607) > 2, "the fault is told",
            cancellationToken: WebhookRig.Cancel);
        Assert.Equal(0, rig.Store.Number("SELECT COALESCE(MAX(next_offset), 0) FROM webhook_cursor"));

        rig.Store.Execute("ALTER TABLE away RENAME TO webhook_delivery");
        await Eventually.TrueAsync(
            () => rig.Count(DeliveryState.Delivered) == 10, "all are delivered", cancellationToken: WebhookRig.Cancel);
        Assert.Equal(10, receiver.Calls.Select(call => call.Id).Distinct().Count());
        await host.StopAsync(WebhookRig.Cancel);
    }

    [Fact]
    public void Registration_WithoutAFolderOfKeys_RunsNothing()
    {
        var services = new ServiceCollection();
        services.AddWebhooks(new WebhookOptions());
        Assert.Empty(services);
    }

    /// <summary>Prints what one instance delivers to one receiver; no bound is asserted.</summary>
    [Theory(Explicit = true)]
    [MemberData(nameof(Kinds))]
    public async Task Measure_Deliveries(string kind)
    {
        const int Payments = 3000;
        using var rig = WebhookRig.Create(kind);
        await using var receiver = await WebhookReceiver.StartAsync();
        for (var i = 0; i < 8; i++) await rig.AddAsync(receiver.Url);
        rig.Pay();
        using (var connection = rig.Store.Database.OpenConnection())
        using (var transaction = connection.BeginTransaction())
        {
            var payload = connection.ExecuteScalar<byte[]>("SELECT payload FROM event", transaction: transaction);
            var columns = string.Join(", ", PaymentColumns);
            for (var i = 2; i <= Payments; i++)
            {
                var row = new { i, id = $"{i:x32}", eventId = $"{i:x32}.authorized", payload };
                connection.Execute(
                    $"INSERT INTO payment (id, transaction_id, {columns}) SELECT @i, @id, {columns} FROM payment "
                    + "WHERE id = 1",
                    row, transaction);
                connection.Execute(
                    "INSERT INTO event (id, event_id, payment_id, type, occurred_ms, partition_no, partition_offset, "
                    + "payload) "
                    + "SELECT @i, @eventId, @i, type, occurred_ms, 0, @i - 1, @payload FROM event WHERE id = 1",
                    row, transaction);
            }

            connection.Execute("UPDATE consumed SET next_offset = @Payments", new { Payments }, transaction);
            transaction.Commit();
        }

        var started = TimeProvider.System.GetTimestamp();
        await rig.FanOutAllAsync();
        var fanned = TimeProvider.System.GetElapsedTime(started);
        started = TimeProvider.System.GetTimestamp();
        using var stop = new CancellationTokenSource();
        var running = Task.Run(() => rig.Worker.RunAsync(stop.Token), WebhookRig.Cancel);
        await Eventually.TrueAsync(
            () => rig.Count(DeliveryState.Pending) == 0, "all are sent", TimeSpan.FromMinutes(2), WebhookRig.Cancel);
        var sent = TimeProvider.System.GetElapsedTime(started);
        await stop.CancelAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(5));
        await running;
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{kind}: fan-out {Payments * 8 / fanned.TotalSeconds:0}/s, "
            + $"deliveries {Payments * 8 / sent.TotalSeconds:0}/s");
    }

    private static IHost Host(WebhookRig rig, LogCapture? log = null)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        if (log is not null) builder.Logging.AddProvider(log);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(rig.Store.Database);
        builder.Services.AddWebhooks(rig.Options);
        return builder.Build();
    }
}
