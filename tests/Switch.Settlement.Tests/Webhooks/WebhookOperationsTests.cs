using System.Diagnostics.Metrics;
using Switch.Settlement.Tests.Store;
using Switch.Settlement.Webhooks;

namespace Switch.Settlement.Tests.Webhooks;

/// <summary>What an operator does, on both stores.</summary>
public sealed class WebhookOperationsTests
{
    public static TheoryData<string> Kinds => TestStore.Kinds;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Rotate_DuringGraceBothSecretsSign_ThenOnlyTheNewOne(string kind)
    {
        using var rig = WebhookRig.Create(kind, options => options.RotationGrace = TimeSpan.FromSeconds(60));
        await using var receiver = await WebhookReceiver.StartAsync();
        var old = await rig.AddAsync(receiver.Url);
        var rotated = await rig.Endpoints.RotateAsync(old.EndpointId, null, WebhookRig.Cancel);
        Assert.NotEqual(old.Secret.Reveal(), rotated.Value!.Secret.Reveal());

        rig.Pay(1);
        await rig.DeliverAsync();
        receiver.Calls[0].Verify(rotated.Value.Secret);
        receiver.Calls[0].Verify(old.Secret);

        rig.Time.Advance(TimeSpan.FromSeconds(61));
        rig.Pay(2);
        await rig.DeliverAsync();
        Assert.True(receiver.Calls[1].IsSignedWith(rotated.Value.Secret));
        Assert.False(receiver.Calls[1].IsSignedWith(old.Secret));

        var third = await rig.Endpoints.RotateAsync(old.EndpointId, TimeSpan.Zero, WebhookRig.Cancel);
        rig.Pay(3);
        await rig.DeliverAsync();
        Assert.True(receiver.Calls[2].IsSignedWith(third.Value!.Secret));
        Assert.False(receiver.Calls[2].IsSignedWith(rotated.Value.Secret));
        Assert.Equal("there is no endpoint of this id",
            (await rig.Endpoints.RotateAsync("ep_none", null, WebhookRig.Cancel)).Fault);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Replay_Range_SendsThatRangeAgainWithTheSameIdsAndBodies(string kind)
    {
        using var rig = WebhookRig.Create(kind);
        await using var receiver = await WebhookReceiver.StartAsync();
        var issued = await rig.AddAsync(receiver.Url);
        var start = rig.Time.GetUtcNow();
        for (var minute = 0; minute < 4; minute++)
        {
            var e = rig.Pay(minute + 1);
            if (minute == 1) rig.Book(WebhookSamples.Reversed(e.TransactionId, rig.Time.GetUtcNow()));
            rig.Time.Advance(TimeSpan.FromMinutes(1));
        }

        await rig.DeliverAsync();
        var first = receiver.Calls;
        Assert.Equal(5, first.Count);

        var replayed = await rig.Replay.ReplayAsync(
            issued.EndpointId, start.AddMinutes(1), start.AddMinutes(3), WebhookRig.Cancel);
        Assert.Equal(3, replayed.Value);
        await rig.DeliverAsync();

        var second = receiver.Calls.Skip(5).ToList();
        Assert.Equal(
            first.Where(call => call.Body.Contains($"{2:x32}", StringComparison.Ordinal)
                || call.Body.Contains($"{3:x32}", StringComparison.Ordinal))
                .Select(call => (call.Id, call.Body)).Order(),
            second.Select(call => (call.Id, call.Body)).Order());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Replay_FilteredEndpoint_OnlyWhatItWants(string kind)
    {
        using var rig = WebhookRig.Create(kind);
        await using var receiver = await WebhookReceiver.StartAsync();
        var issued = await rig.AddAsync(receiver.Url, WebhookEventType.Reversed);
        var e = rig.Pay();
        rig.Book(WebhookSamples.Reversed(e.TransactionId, rig.Time.GetUtcNow()));
        await rig.DeliverAsync();
        Assert.Contains("\"sequence\":2,", Assert.Single(receiver.Calls).Body, StringComparison.Ordinal);

        var now = rig.Time.GetUtcNow();
        Assert.Equal(1, (await rig.Replay.ReplayAsync(
            issued.EndpointId, now.AddHours(-1), now.AddHours(1), WebhookRig.Cancel)).Value);
        await rig.DeliverAsync();
        Assert.Equal(2, receiver.Calls.Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Replay_BadRange_IsRefusedAndNothingIsWritten(string kind)
    {
        using var rig = WebhookRig.Create(kind, options => options.ReplayMax = 2);
        var issued = await rig.AddAsync("http://127.0.0.1:9/");
        for (var i = 1; i <= 3; i++) rig.Pay(i);
        var now = rig.Time.GetUtcNow();

        Assert.Contains("before it begins", await FaultAsync(now, now.AddSeconds(-1)), StringComparison.Ordinal);
        Assert.Contains("before it begins", await FaultAsync(now, now), StringComparison.Ordinal);
        Assert.Contains("31 days", await FaultAsync(now.AddDays(-32), now), StringComparison.Ordinal);
        Assert.Contains("more than 2", await FaultAsync(now.AddHours(-1), now.AddHours(1)), StringComparison.Ordinal);
        Assert.Contains("no endpoint", await FaultAsync(now.AddHours(-1), now, "ep_none"), StringComparison.Ordinal);
        await rig.Endpoints.DisableAsync(issued.EndpointId, "moved", WebhookRig.Cancel);
        Assert.Contains("disabled", await FaultAsync(now.AddHours(-1), now), StringComparison.Ordinal);
        Assert.Equal(0, rig.Store.Number("SELECT COUNT(*) FROM webhook_delivery"));

        async Task<string> FaultAsync(DateTimeOffset from, DateTimeOffset to, string? id = null) =>
            (await rig.Replay.ReplayAsync(id ?? issued.EndpointId, from, to, WebhookRig.Cancel)).Fault!;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Add_BadInput_IsRefusedWithAReason(string kind)
    {
        using var rig = WebhookRig.Create(kind, options =>
        {
            options.MerchantEndpointsMax = 2;
            options.AllowHttp = false;
        });
        Assert.Contains("merchant id", await FaultAsync("", "https://a.example/"), StringComparison.Ordinal);
        Assert.Contains("https", await FaultAsync("M", "http://a.example/"), StringComparison.Ordinal);
        Assert.Contains("no event type payment.paid", await FaultAsync("M", "https://a.example/", "payment.paid"),
            StringComparison.Ordinal);
        Assert.Null(await FaultAsync("M", "https://a.example/"));
        Assert.Null(await FaultAsync("M", "https://a.example/2"));
        Assert.Contains("2 endpoints already", await FaultAsync("M", "https://a.example/3"), StringComparison.Ordinal);
        Assert.Null(await FaultAsync("N", "https://a.example/"));
        Assert.Equal(2, (await rig.Endpoints.ListAsync("M", WebhookRig.Cancel)).Count);
        Assert.Equal(3, (await rig.Endpoints.ListAsync(null, WebhookRig.Cancel)).Count);

        async Task<string?> FaultAsync(string merchant, string url, params string[] types) =>
            (await rig.Endpoints.AddAsync(merchant, url, types, WebhookRig.Cancel)).Fault;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task FanOut_OffsetsWithGapsAndHistory_TellsOnlyWhatOccurredAfterTheEndpointWasAdded(string kind)
    {
        using var rig = WebhookRig.Create(kind, options => options.FanOutMax = 2);
        for (var i = 1; i <= 5; i++) rig.Pay(i);
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        await rig.AddAsync("http://127.0.0.1:9/");
        for (var i = 6; i <= 10; i++) rig.Pay(i, partition: i % 2);
        // Offsets that hold no event, at the end and in between.
        rig.Store.Execute("UPDATE event SET partition_offset = partition_offset + 100 WHERE id >= 4");
        rig.Store.Execute("UPDATE consumed SET next_offset = 200");

        await rig.FanOutAllAsync();

        Assert.Equal(5, rig.Count(DeliveryState.Pending));
        Assert.Equal([200, 200], rig.Store.Rows<long>("SELECT next_offset FROM webhook_cursor"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Purge_OldDeliveries_AreForgottenAndDeadLettersLater(string kind)
    {
        using var rig = WebhookRig.Create(kind);
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (call, context) => WebhookReceiver.Status(
            context, call.Body.Contains($"{1:x32}", StringComparison.Ordinal) ? 200 : 410);
        var issued = await rig.AddAsync(receiver.Url);
        await rig.Endpoints.RotateAsync(issued.EndpointId, null, WebhookRig.Cancel);
        rig.Pay(1);
        await rig.DeliverAsync();
        rig.Pay(2);
        await rig.DeliverAsync();

        Assert.Equal(0, await PurgeAsync());
        Assert.Equal(2, rig.Store.Number("SELECT COUNT(*) FROM webhook_secret"));
        rig.Time.Advance(rig.Options.DeliveredRetention + TimeSpan.FromSeconds(1));
        Assert.Equal(1, await PurgeAsync());
        Assert.Equal(1, rig.Store.Number("SELECT COUNT(*) FROM webhook_secret"));
        Assert.Equal(1, rig.Count(DeliveryState.Dead));
        rig.Time.Advance(rig.Options.DeadRetention);
        Assert.Equal(1, await PurgeAsync());

        async Task<int> PurgeAsync()
        {
            await using var connection = await rig.Store.Database.OpenConnectionAsync(WebhookRig.Cancel);
            return await rig.Queue.PurgeAsync(connection);
        }
    }

    [Fact]
    public async Task Telemetry_Attempts_AreCountedByOutcomeAndTheQueueHasAnAge()
    {
        using var rig = WebhookRig.Create(TestStore.Sqlite);
        var counted = new Dictionary<string, long>();
        var age = 0.0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, rig.Meters)) l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            lock (counted) counted[$"{tags[0].Value}"] = counted.GetValueOrDefault($"{tags[0].Value}") + value;
        });
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) =>
        {
            if (instrument.Name == "cardswitch.webhook.queue.age") age = value;
        });
        listener.Start();
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, context) => WebhookReceiver.Status(context, receiver.Calls.Count == 1 ? 500 : 200);
        await rig.AddAsync(receiver.Url);
        rig.Pay();
        await rig.FanOutAllAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(42));
        await rig.Worker.DispatchAsync(WebhookRig.Cancel);
        listener.RecordObservableInstruments();
        Assert.Equal(42, age);
        await rig.Worker.IdleAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(7));
        await rig.DeliverAsync();
        listener.RecordObservableInstruments();
        Assert.Equal(0, age);
        Assert.Equal((1, 1, 2), (counted["retry"], counted["delivered"], counted.Count));
    }

    [Fact]
    public async Task Vault_FolderOthersMayRead_IsRefused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "file modes");
        using var rig = WebhookRig.Create(TestStore.Sqlite);
        var issued = await rig.AddAsync("http://127.0.0.1:9/");
        Assert.Equal(
            issued.Secret.Reveal(),
            SecretVault.Open(rig.KeysPath).Unseal("ep", rig.Vault.Seal("ep", issued.Secret))!.Reveal());
        Assert.Null(rig.Vault.Unseal("ep", rig.Vault.Seal("other", issued.Secret)));
        Assert.Null(rig.Vault.Unseal("ep", "no cipher text"));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(rig.KeysPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                | UnixFileMode.GroupRead);
        Assert.Contains("0700", Assert.Throws<IOException>(() => SecretVault.Open(rig.KeysPath)).Message,
            StringComparison.Ordinal);
    }
}
