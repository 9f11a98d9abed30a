using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Switch.Service.Tests.Idempotency;

public sealed class IdempotencyMetricsTests(RespServers servers)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(RespServers.All), MemberType = typeof(RespServers))]
    public async Task Metrics_OfOneRequestAndItsRepeats_AreCounted_AndNameNoKey(string server)
    {
        await using var instance = await ServiceInstance.StartAsync(await servers.AddressAsync(server, Token), Token);
        var measured = new ConcurrentQueue<string>();
        using var listener = Listen(instance.Meter, measured);
        var id = ServiceInstance.NewTransactionId();

        var claim = await instance.OwnAsync(id);
        var joined = instance.EnterAsync(id).AsTask();
        await instance.EnterAsync(id, print: 2);
        await instance.CompleteAsync(claim, [1]);
        await joined;
        await instance.EnterAsync(id);
        await instance.EnterAsync(id, print: 2);

        Assert.Equal(
            [
                "cardswitch.idempotency.claims 1 result=owner",
                "cardswitch.idempotency.waiters 1 scope=process",
                "cardswitch.idempotency.claims 1 result=key_reused",
                "cardswitch.idempotency.key_reused 1",
                "cardswitch.idempotency.waiters -1 scope=process",
                "cardswitch.idempotency.claims 1 result=final",
                "cardswitch.idempotency.claims 1 result=key_reused",
                "cardswitch.idempotency.key_reused 1",
            ],
            measured.Where(static line => !line.StartsWith("db.", StringComparison.Ordinal)));
        Assert.Equal(
            [
                "db.client.operation.duration db.system.name=redis db.operation.name=SET",
                "db.client.operation.duration db.system.name=redis db.operation.name=EVALSHA",
                "db.client.operation.duration db.system.name=redis db.operation.name=SET",
                "db.client.operation.duration db.system.name=redis db.operation.name=SET",
            ],
            measured.Where(static line => line.StartsWith("db.", StringComparison.Ordinal)));
    }

    private static MeterListener Listen(Meter meter, ConcurrentQueue<string> measured)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (ReferenceEquals(instrument.Meter, meter)) self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            measured.Enqueue($"{instrument.Name} {value}{Text(tags)}"));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            Assert.True(value > 0);
            measured.Enqueue($"{instrument.Name}{Text(tags)}");
        });
        listener.Start();
        return listener;
    }

    private static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = string.Empty;
        foreach (var (name, value) in tags) text += $" {name}={value}";
        return text;
    }
}
