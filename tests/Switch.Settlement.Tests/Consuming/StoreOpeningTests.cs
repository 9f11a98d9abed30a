using Microsoft.Extensions.Logging.Abstractions;
using Switch.Settlement.Consuming;
using Switch.Settlement.Hosting;
using Switch.Settlement.Store;
using Switch.Settlement.Tests.Store;

namespace Switch.Settlement.Tests.Consuming;

public sealed class StoreOpeningTests
{
    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Open_EventsOfAnotherTopic_IsRefusedUnlessAllowed(string kind)
    {
        using var store = TestStore.Create(kind);
        using (var writer = BooksWriterTests.Writer(store))
            writer.Write([EventStreams.Read(0, 0, EventStreams.Authorized(1))]);
        var options = new SettlementOptions { Database = store.Connection };
        (await OpenAsync(options)).Dispose();

        options.Kafka.Topic = "payments.transaction.v2";
        var refused = await Assert.ThrowsAsync<StoreRefusedException>(() => OpenAsync(options));

        Assert.Contains("has events of payments.transaction.v1", refused.Message, StringComparison.Ordinal);
        options.Kafka.AllowOtherTopic = true;
        (await OpenAsync(options)).Dispose();
    }

    private static Task<SettlementDatabase> OpenAsync(SettlementOptions options) => StoreOpening.OpenAsync(
        options, TimeProvider.System, NullLogger.Instance, TestContext.Current.CancellationToken);
}
