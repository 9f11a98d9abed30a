using System.Data.Common;
using Dapper;
using Switch.Settlement.Store;

namespace Switch.Settlement.Webhooks;

/// <summary>
/// Makes deliveries of new events, for the endpoints of their merchants. A partition's events are committed in the
/// order of their offsets, so a cursor a partition misses none; it moves in the transaction that writes the deliveries.
/// </summary>
internal sealed class FanOut(SettlementDatabase database, WebhookOptions options, TimeProvider time)
{
    private const string Partitions =
        "SELECT c.partition_no AS Partition, MAX(c.next_offset) AS Consumed, COALESCE(MAX(w.next_offset), 0) AS Cursor "
        + "FROM consumed c LEFT JOIN webhook_cursor w ON w.partition_no = c.partition_no GROUP BY c.partition_no";

    private const string Window =
        "SELECT COUNT(*) AS Events, COALESCE(MAX(o), 0) AS LastOffset FROM (SELECT partition_offset AS o FROM event "
        + "WHERE partition_no = @partition AND partition_offset >= @from AND partition_offset < @consumed "
        + "ORDER BY partition_offset LIMIT @max) x";

    private const string Events =
        $"SELECT {DeliveryDraft.Columns} FROM event e JOIN payment p ON p.id = e.payment_id "
        + "JOIN webhook_endpoint w ON w.merchant_id = p.merchant_id "
        + "WHERE e.partition_no = @partition AND e.partition_offset >= @from AND e.partition_offset < @to "
        + "AND w.state = 1 AND w.created_ms <= e.occurred_ms ORDER BY e.partition_offset, w.id";

    /// <summary>Takes one batch of every partition.</summary>
    /// <returns>How many events were looked at; 0 when all are done.</returns>
    /// <exception cref="DbException">The store is away; nothing is lost.</exception>
    public async Task<long> RunOnceAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var seen = 0L;
        foreach (var partition in await connection.QueryAsync<PartitionRow>(Partitions))
        {
            cancel.ThrowIfCancellationRequested();
            if (partition.Cursor >= partition.Consumed) continue;
            var window = await connection.QuerySingleAsync<WindowRow>(Window, new
            {
                partition = partition.Partition,
                from = partition.Cursor,
                consumed = partition.Consumed,
                max = options.FanOutMax,
            });
            // Offsets have gaps: what could not be read, and the producers' own marks.
            var to = window.Events < options.FanOutMax ? partition.Consumed : window.LastOffset + 1;
            var drafts = await connection.QueryAsync<DeliveryDraft>(
                Events, new { partition = partition.Partition, from = partition.Cursor, to });
            var wanted = drafts.Where(draft => draft.IsWanted).ToList();
            if (await WriteAsync(connection, partition, to, wanted, cancel)) seen += Math.Max(1, window.Events);
        }

        return seen;
    }

    private async Task<bool> WriteAsync(
        DbConnection connection, PartitionRow partition, long to, List<DeliveryDraft> drafts,
        CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var cursor = new { partition = partition.Partition, from = partition.Cursor, to };
        await connection.ExecuteAsync(
            "INSERT INTO webhook_cursor (partition_no, next_offset) VALUES (@partition, @from) ON CONFLICT DO NOTHING",
            cursor, transaction);
        var moved = await connection.ExecuteAsync(
            "UPDATE webhook_cursor SET next_offset = @to WHERE partition_no = @partition AND next_offset = @from",
            cursor, transaction);
        // Another instance took this batch.
        if (moved == 0) return false;
        // The next round reads what the rebuilt books have there.
        if (!await DeliveryDraft.InsertAsync(connection, transaction, drafts, replayMs: 0, time.GetUtcNow()))
            return false;
        await transaction.CommitAsync(cancel);
        return true;
    }

    private sealed class PartitionRow
    {
        public long Partition { get; set; }

        public long Consumed { get; set; }

        public long Cursor { get; set; }
    }

    private sealed class WindowRow
    {
        public long Events { get; set; }

        public long LastOffset { get; set; }
    }
}
