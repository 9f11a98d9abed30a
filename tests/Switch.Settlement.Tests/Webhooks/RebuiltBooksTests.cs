using System.Data.Common;
using Dapper;
using Switch.Contracts.V1;
using Switch.Settlement.Tests.Consuming;
using Switch.Settlement.Tests.Store;
using Switch.Settlement.Webhooks;

namespace Switch.Settlement.Tests.Webhooks;

/// <summary>A rebuild that is swapped in between reading what is to be told and writing it.</summary>
public sealed class RebuiltBooksTests
{
    private const string Read =
        $"SELECT {DeliveryDraft.Columns} FROM event e JOIN payment p ON p.id = e.payment_id "
        + "JOIN webhook_endpoint w ON w.merchant_id = p.merchant_id ORDER BY e.partition_offset";

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Insert_BooksRebuiltSinceTheDraftsWereRead_KeepsTheSequences(string kind)
    {
        using var topic = new TestTopic();
        using var rig = WebhookRig.Create(kind);
        await rig.Endpoints.AddAsync("M-ONE", "http://127.0.0.1:9/", [], WebhookRig.Cancel);
        await RebuildBesideTests.SendAsync(
            topic, rig.Store, EventStreams.Authorized(1),
            EventStreams.Event(1, "reversal_queued", TransactionEventType.ReversalQueued));
        await using var connection = await rig.Store.Database.OpenConnectionAsync(WebhookRig.Cancel);
        var drafts = (await connection.QueryAsync<DeliveryDraft>(Read)).AsList();
        var number = rig.Store.Number("SELECT id FROM payment");

        Assert.True(RebuildBesideTests.Rebuild(topic, rig.Store, force: false).IsIdentical);
        Assert.NotEqual(number, rig.Store.Number("SELECT id FROM payment"));
        Assert.True(await InsertsAsync(rig, connection, drafts));

        Assert.Equal(
            [$"{EventStreams.IdOf(1)}.authorized 1", $"{EventStreams.IdOf(1)}.reversal_queued 2"],
            rig.Store.Rows<string>("SELECT event_id || ' ' || sequence FROM webhook_delivery ORDER BY position"));
    }

    /// <summary>A forced rebuild may make a dead letter of what was an event.</summary>
    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Insert_EventThatIsNoLongerInTheBooks_FailsAndOneThatWasToldDoesNot(string kind)
    {
        using var rig = WebhookRig.Create(kind);
        await rig.AddAsync("http://127.0.0.1:9/");
        rig.Pay(1);
        rig.Pay(2);
        await using var connection = await rig.Store.Database.OpenConnectionAsync(WebhookRig.Cancel);
        var drafts = (await connection.QueryAsync<DeliveryDraft>(Read)).AsList();

        Assert.True(await InsertsAsync(rig, connection, drafts));
        Assert.True(await InsertsAsync(rig, connection, drafts));
        Assert.Equal(2, rig.Count(DeliveryState.Pending));

        rig.Store.Execute("DELETE FROM event WHERE id = 2");
        rig.Store.Execute("DELETE FROM webhook_delivery");
        Assert.False(await InsertsAsync(rig, connection, drafts));
        await rig.FanOutAllAsync();
        Assert.Equal(1, rig.Count(DeliveryState.Pending));
    }

    private static async Task<bool> InsertsAsync(WebhookRig rig, DbConnection connection, List<DeliveryDraft> drafts)
    {
        await using var transaction = await connection.BeginTransactionAsync(WebhookRig.Cancel);
        var isDone = await DeliveryDraft.InsertAsync(
            connection, transaction, drafts, replayMs: 0, rig.Time.GetUtcNow());
        if (isDone) await transaction.CommitAsync(WebhookRig.Cancel);
        return isDone;
    }
}
