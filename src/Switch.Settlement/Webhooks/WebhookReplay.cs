using System.Data.Common;
using System.Globalization;
using Dapper;
using Switch.Settlement.Store;

namespace Switch.Settlement.Webhooks;

/// <summary>Tells an endpoint again what it was told, or was not: the same ids, bodies and sequences.</summary>
internal sealed class WebhookReplay(SettlementDatabase database, WebhookOptions options, TimeProvider time)
{
    /// <summary>Longest range of one replay.</summary>
    public static readonly TimeSpan RangeMax = TimeSpan.FromDays(31);

    /// <summary>Events that came longer after their payment was accepted are not found.</summary>
    public static readonly TimeSpan StoryMax = TimeSpan.FromDays(180);

    // There is no index by the time of an event, and the consumer should not pay for one: a merchant's payments are
    // found by the time they were accepted, and an event comes after it. Without an order, so that reading ends where
    // the bound is passed.
    internal const string Events =
        $"SELECT {DeliveryDraft.Columns} "
        + "FROM webhook_endpoint w JOIN payment p ON p.merchant_id = w.merchant_id JOIN event e ON e.payment_id = p.id "
        + "WHERE w.id = @id AND p.accepted_ms >= @story AND p.accepted_ms < @to AND e.occurred_ms >= @from "
        + "AND e.occurred_ms < @to";

    /// <summary>Makes deliveries, due at once, of the events that occurred in a range of time.</summary>
    /// <param name="id">The endpoint; enabled.</param>
    /// <param name="from">The first moment.</param>
    /// <param name="to">The first moment after.</param>
    /// <param name="cancel">The caller's.</param>
    /// <returns>How many; all of them or none.</returns>
    public async Task<Checked<int>> ReplayAsync(
        string id, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        if (from >= to) return Checked<int>.Refused($"the range ends ({Text(to)}) before it begins ({Text(from)})");
        if (to - from > RangeMax) return Checked<int>.Refused($"the range is longer than {RangeMax.TotalDays:0} days");
        await using var connection = await database.OpenConnectionAsync(cancel);
        var state = await connection.ExecuteScalarAsync<long>(
            "SELECT COALESCE(MAX(state), 0) FROM webhook_endpoint WHERE id = @id", new { id });
        if (state == 0) return Checked<int>.Refused("there is no endpoint of this id");
        if (state != (long)EndpointState.Enabled)
            return Checked<int>.Refused("the endpoint is disabled; enable it first");

        var wanted = await WantedAsync(connection, id, from, to, cancel);
        if (wanted.Count > options.ReplayMax)
            return Checked<int>.Refused($"the range holds more than {options.ReplayMax} events; choose a shorter one");
        var now = time.GetUtcNow();
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (!await DeliveryDraft.InsertAsync(connection, transaction, wanted, now.ToUnixTimeMilliseconds(), now))
            return Checked<int>.Refused("the books were rebuilt meanwhile and have other events; ask again");
        await transaction.CommitAsync(cancel);
        return Checked<int>.Done(wanted.Count);
    }

    // One more than the bound when there are too many. What the endpoint does not want does not count.
    private async Task<List<DeliveryDraft>> WantedAsync(
        DbConnection connection, string id, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        var wanted = new List<DeliveryDraft>();
        var drafts = connection.QueryUnbufferedAsync<DeliveryDraft>(Events, new
        {
            id,
            from = from.ToUnixTimeMilliseconds(),
            to = to.ToUnixTimeMilliseconds(),
            story = from.Subtract(StoryMax).ToUnixTimeMilliseconds(),
        });
        await foreach (var draft in drafts.WithCancellation(cancel))
        {
            if (!draft.IsWanted) continue;
            wanted.Add(draft);
            if (wanted.Count > options.ReplayMax) break;
        }

        return wanted;
    }

    private static string Text(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
