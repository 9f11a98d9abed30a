using Dapper;
using Switch.Settlement.Store;

namespace Switch.Settlement.Consuming;

/// <summary>
/// Keeps the events of two topics apart: rows of events and the webhooks' places know partition and offset only, so one
/// store has one topic.
/// </summary>
internal static class OtherTopics
{
    /// <summary>Requires that the store has events of no other topic.</summary>
    /// <exception cref="StoreRefusedException">It has.</exception>
    /// <exception cref="System.Data.Common.DbException">The store is away.</exception>
    public static void Require(SettlementDatabase database, string topic)
    {
        using var connection = database.OpenConnection();
        var others = connection.Query<string>(
            "SELECT DISTINCT topic FROM consumed WHERE topic <> @topic ORDER BY topic", new { topic }).AsList();
        if (others.Count == 0) return;
        throw new StoreRefusedException(
            $"the store has events of {string.Join(", ", others)}, and Settlement:Kafka:Topic is {topic}: one store "
            + "takes one topic. Name the one it has, or another store. Settlement:Kafka:AllowOtherTopic=true consumes "
            + "all the same; webhooks may then miss events, and the books can't be rebuilt");
    }
}
