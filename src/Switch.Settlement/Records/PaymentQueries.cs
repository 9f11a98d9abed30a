using System.Data.Common;
using Dapper;

namespace Switch.Settlement.Records;

/// <summary>
/// The queries of the records: each reads one index, in its order, up to a limit. A test asks both stores for the plans
/// and fails on a scan or a sort.
/// </summary>
internal static class PaymentQueries
{
    /// <summary>Events of a payment that its story tells.</summary>
    public const int EventsMax = 200;

    /// <summary>Entries of a payment that its story tells.</summary>
    public const int EntriesMax = 50;

    /// <summary>What every search of payments reads.</summary>
    public const string Columns = """
        SELECT id AS Id, transaction_id AS TransactionId, root_transaction_id AS RootTransactionId,
          merchant_id AS MerchantId, terminal_id AS TerminalId, acquirer AS Acquirer, rrn AS Rrn, stan AS Stan,
          batch_number AS BatchNumber, kind AS Kind, entry_mode AS EntryMode, currency AS Currency,
          requested_minor AS RequestedMinor, approved_minor AS ApprovedMinor, outcome AS Outcome,
          declined_by AS DeclinedBy, response_code AS ResponseCode, approval_code AS ApprovalCode, scheme AS Scheme,
          funding AS Funding, issuer_country AS IssuerCountry, mcc AS Mcc, card_first_six AS CardFirstSix,
          card_last_four AS CardLastFour, card_token AS CardToken, business_date AS BusinessDate,
          accepted_ms AS AcceptedMs, answered_ms AS AnsweredMs, stage AS Stage
        FROM payment
        """;

    private const string Partial =
        "approved_minor = @amountMinor AND outcome = 2 AND requested_minor <> @amountMinor";

    // Pages go on behind the last row of the one before: never OFFSET, which reads what it skips.
    private const string Page =
        "(accepted_ms, id) < (@beforeMs, @beforeId) ORDER BY accepted_ms DESC, id DESC LIMIT @limit";

    public static string ByTransaction { get; } = $"{Columns} WHERE transaction_id = @transactionId";

    public static string ByRrn { get; } = $"{Columns} WHERE rrn = @rrn AND {Page}";

    public static string ByTerminal { get; } =
        $"{Columns} WHERE terminal_id = @terminalId AND accepted_ms >= @fromMs AND {Page}";

    public static string ByMerchant { get; } =
        $"{Columns} WHERE merchant_id = @merchantId AND accepted_ms >= @fromMs AND {Page}";

    // What the receipt shows is the local date and the approved amount, what the store has is the business date and
    // both amounts: three dates and two indexes, each read up to the page, and at most six pages put in order. The
    // currency is looked at in the rows: one amount of one card on one day is a row or two.
    public static string ByCard { get; } =
        "SELECT * FROM ("
        + string.Join(" UNION ALL ", ((string[])["@dayBefore", "@businessDate", "@dayAfter"]).SelectMany(
            static day => (string[])[CardOn(day, "requested_minor = @amountMinor"), CardOn(day, Partial)])
            .Select(static (sql, i) => $"SELECT * FROM ({sql}) AS card{i}"))
        + ") AS cards ORDER BY AcceptedMs DESC, Id DESC LIMIT @limit";

    public static string Events { get; } = """
        SELECT payload AS Payload FROM event WHERE payment_id = @paymentId
        ORDER BY partition_no, partition_offset LIMIT @limit
        """;

    public static string Entries { get; } = """
        SELECT e.id AS EntryId, e.kind AS Kind, e.settle_date AS SettleDate, e.currency AS Currency,
          p.account AS Account, p.amount_minor AS AmountMinor, r.rule_key AS RuleKey, r.rule_text AS RuleText
        FROM (SELECT id, kind, settle_date, currency FROM entry
              WHERE payment_id = @paymentId AND payment_id > 0 ORDER BY id LIMIT @limit) e
        JOIN posting p ON p.entry_id = e.id
        LEFT JOIN fee_rule r ON r.id = p.rule_id
        ORDER BY e.id, p.line
        """;

    /// <summary>The whole story of a payment; null when it is not known.</summary>
    public static async Task<PaymentStory?> StoryAsync(
        DbConnection connection, string transactionId, CancellationToken cancellationToken)
    {
        var payment = await connection.QuerySingleOrDefaultAsync<PaymentRecord>(
            new CommandDefinition(ByTransaction, new { transactionId }, cancellationToken: cancellationToken));
        if (payment is null) return null;

        var events = await connection.QueryAsync<EventRecord>(new CommandDefinition(
            Events, new { paymentId = payment.Id, limit = EventsMax + 1 }, cancellationToken: cancellationToken));
        var lines = await connection.QueryAsync<EntryLineRow>(new CommandDefinition(
            Entries, new { paymentId = payment.Id, limit = EntriesMax }, cancellationToken: cancellationToken));
        return new PaymentStory(payment, events.AsList(), lines.AsList());
    }

    private static string CardOn(string day, string amount) =>
        $"{Columns} WHERE card_last_four = @lastFour AND business_date = {day} AND {amount} AND currency = @currency "
        + $"AND {Page}";

    /// <summary>How often the books were made again: each time payments get other ids.</summary>
    public static Task<long> GenerationAsync(DbConnection connection, CancellationToken cancellationToken) =>
        connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "SELECT COALESCE(MAX(next_id), 0) FROM id_block WHERE name = 'generation'",
            cancellationToken: cancellationToken));

    /// <summary>One page, newest first.</summary>
    public static async Task<List<PaymentRecord>> PageAsync(
        DbConnection connection, PaymentSearch search, int limit, CancellationToken cancellationToken)
    {
        var parameters = new DynamicParameters(search.Parameters);
        parameters.Add("beforeMs", search.BeforeMs);
        parameters.Add("beforeId", search.BeforeId);
        parameters.Add("limit", limit);
        var rows = await connection.QueryAsync<PaymentRecord>(
            new CommandDefinition(search.Sql, parameters, cancellationToken: cancellationToken));
        return rows.AsList();
    }
}
