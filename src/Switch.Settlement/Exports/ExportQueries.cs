using System.Data.Common;
using Dapper;
using Switch.Contracts.V1;
using Switch.Settlement.Records;

namespace Switch.Settlement.Exports;

/// <summary>A line of the ledger with its entry.</summary>
internal sealed class PostingExportRow
{
    public long EntryId { get; set; }

    public int Line { get; set; }

    public string SettleDate { get; set; } = "";

    public string BusinessDate { get; set; } = "";

    public int Kind { get; set; }

    public string Reference { get; set; } = "";

    /// <summary>Null for a step of settlement itself.</summary>
    public string? TransactionId { get; set; }

    public string Acquirer { get; set; } = "";

    public string MerchantId { get; set; } = "";

    public string Currency { get; set; } = "";

    public int Account { get; set; }

    public long AmountMinor { get; set; }

    public long RemainderMicro { get; set; }

    public string? RuleKey { get; set; }
}

/// <summary>
/// One day of a table, a page of ids at a time: each page is a short read, so that neither store keeps old versions of
/// its rows for as long as an export takes.
/// </summary>
internal static class ExportQueries
{
    public static string PaymentPage { get; } =
        PaymentQueries.Columns + " WHERE business_date = @day AND id > @after ORDER BY id LIMIT @limit";

    // The events of a payment have its business date.
    public static string EventPage { get; } = """
        SELECT e.payment_id AS PaymentId, e.payload AS Payload
        FROM (SELECT id FROM payment WHERE business_date = @day AND id > @after ORDER BY id LIMIT @limit) p
        JOIN event e ON e.payment_id = p.id
        ORDER BY e.payment_id, e.partition_no, e.partition_offset
        """;

    public static string PostingPage { get; } = """
        SELECT e.id AS EntryId, p.line AS Line, e.settle_date AS SettleDate, e.business_date AS BusinessDate,
          e.kind AS Kind, e.reference AS Reference, t.transaction_id AS TransactionId, e.acquirer AS Acquirer,
          e.merchant_id AS MerchantId, e.currency AS Currency, p.account AS Account, p.amount_minor AS AmountMinor,
          p.remainder_micro AS RemainderMicro, r.rule_key AS RuleKey
        FROM (SELECT * FROM entry WHERE settle_date = @day AND id > @after ORDER BY id LIMIT @limit) e
        JOIN posting p ON p.entry_id = e.id
        LEFT JOIN payment t ON t.id = e.payment_id
        LEFT JOIN fee_rule r ON r.id = p.rule_id
        ORDER BY e.id, p.line
        """;

    /// <summary>Rows behind an id, and the last id among them; no rows at the end of the day.</summary>
    public static async Task<(List<PaymentRecord> Rows, long Last)> PaymentsAsync(
        DbConnection connection, ExportPage page, CancellationToken cancellationToken)
    {
        var rows = await ReadAsync<PaymentRecord>(connection, PaymentPage, page, cancellationToken);
        return (rows, rows.Count == 0 ? 0 : rows[^1].Id);
    }

    /// <inheritdoc cref="PaymentsAsync"/>
    public static async Task<(List<TransactionEvent> Rows, long Last)> EventsAsync(
        DbConnection connection, ExportPage page, CancellationToken cancellationToken)
    {
        var rows = await ReadAsync<EventExportRow>(connection, EventPage, page, cancellationToken);
        var events = rows.ConvertAll(row => TransactionEvent.Parser.ParseFrom(row.Payload));
        return (events, rows.Count == 0 ? 0 : rows[^1].PaymentId);
    }

    /// <inheritdoc cref="PaymentsAsync"/>
    public static async Task<(List<PostingExportRow> Rows, long Last)> PostingsAsync(
        DbConnection connection, ExportPage page, CancellationToken cancellationToken)
    {
        var rows = await ReadAsync<PostingExportRow>(connection, PostingPage, page, cancellationToken);
        return (rows, rows.Count == 0 ? 0 : rows[^1].EntryId);
    }

    private static async Task<List<T>> ReadAsync<T>(
        DbConnection connection, string sql, ExportPage page, CancellationToken cancellationToken)
    {
        var parameters = new { day = page.Day, after = page.After, limit = page.Limit };
        var rows = await connection.QueryAsync<T>(
            new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
        return rows.AsList();
    }

    private sealed class EventExportRow
    {
        public long PaymentId { get; set; }

        public byte[] Payload { get; set; } = [];
    }
}

/// <summary>Which page of a day.</summary>
/// <param name="Day">YYYY-MM-DD.</param>
/// <param name="After">The last id of the page before; 0 for the first.</param>
/// <param name="Limit">Ids in a page.</param>
internal sealed record ExportPage(string Day, long After, int Limit);
