using Npgsql;
using NpgsqlTypes;
using Switch.Settlement.Books;
using Switch.Settlement.Store;

namespace Switch.Settlement.Consuming;

/// <summary>The tables on PostgreSQL: reads by arrays of keys, new rows by COPY.</summary>
internal sealed class PostgresBatchTables(NpgsqlConnection connection) : IBatchTables
{
    private const string AddToBalance =
        $"INSERT INTO balance ({TableColumns.Balance}) SELECT * FROM unnest("
        + "@settle, @acquirer, @merchant, @currency, @business, @kind, @account, "
        + "@amount, @remainder, @entries) ON CONFLICT (settle_date, acquirer, merchant_id, currency, business_date, "
        + "entry_kind, account) DO UPDATE SET amount_minor = balance.amount_minor + excluded.amount_minor, "
        + "remainder_micro = balance.remainder_micro + excluded.remainder_micro, "
        + "entries = balance.entries + excluded.entries";

    public void ReadPayments(
        StoreTransaction transaction, IReadOnlyCollection<string> transactionIds, Dictionary<string, PaymentRow> found)
    {
        using var command = Of(
            "SELECT transaction_id, id, stage, approval_entry_id, acquirer, merchant_id, currency FROM payment "
            + "WHERE transaction_id = ANY(@ids)");
        command.Parameters.AddWithValue("ids", transactionIds.ToArray());
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var id = reader.GetString(0);
            found[id] = PaymentRow.Stored(
                id, reader.GetInt64(1), (PaymentStage)reader.GetInt16(2), reader.GetInt64(3), reader.GetString(4),
                reader.GetString(5), reader.GetString(6));
        }
    }

    public void ReadEvents(StoreTransaction transaction, IReadOnlyList<PaymentRow> payments)
    {
        var byId = payments.ToDictionary(payment => payment.Id);
        using var command = Of("SELECT payment_id, event_id, payload FROM event WHERE payment_id = ANY(@ids)");
        command.Parameters.AddWithValue("ids", byId.Keys.ToArray());
        using var reader = command.ExecuteReader();
        while (reader.Read())
            byId[reader.GetInt64(0)].Know(reader.GetString(1), reader.GetFieldValue<byte[]>(2));
    }

    public void ReadApprovals(
        StoreTransaction transaction, IReadOnlyList<PaymentRow> payments, Func<int, FeeRule> ruleOf)
    {
        var lines = payments.ToDictionary(payment => payment.ApprovalEntryId, _ => new List<Posting>());
        List<(long Entry, Posting Line, int Rule)> read = [];
        using (var command = Of(
            "SELECT entry_id, account, amount_minor, rule_id, remainder_micro FROM posting WHERE entry_id = ANY(@ids) "
            + "ORDER BY entry_id, line"))
        {
            command.Parameters.AddWithValue("ids", lines.Keys.ToArray());
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                var line = new Posting(
                    (Account)reader.GetInt16(1), reader.GetInt64(2), null, reader.GetInt64(4));
                read.Add((reader.GetInt64(0), line, reader.GetInt32(3)));
            }
        }

        // The connection reads one thing at a time, and a rule may have to be read.
        foreach (var (entry, line, rule) in read)
            lines[entry].Add(rule == 0 ? line : line with { Rule = ruleOf(rule) });
        foreach (var payment in payments) payment.ApprovalLines = [.. lines[payment.ApprovalEntryId]];
    }

    public void Write(StoreTransaction transaction, BatchRows rows, string topic, long nowMs)
    {
        Copy($"payment ({TableColumns.Payment})", rows.NewPayments, WritePayment);
        Update(rows.ChangedPayments);
        Copy($"event ({TableColumns.Event})", rows.Events, static (to, row) =>
        {
            to.Write(row.Id);
            to.Write(row.EventId);
            to.Write(row.PaymentId);
            to.Write((short)row.Type);
            to.Write(row.OccurredMs);
            to.Write(row.Partition);
            to.Write(row.Offset);
            to.Write(row.Payload);
        });
        Copy($"entry ({TableColumns.Entry})", rows.Entries, static (to, row) =>
        {
            to.Write(row.Id);
            to.Write(row.EventRow);
            to.Write(row.PaymentId);
            to.Write(row.Reference);
            to.Write(row.Key.Acquirer);
            to.Write(row.Key.MerchantId);
            to.Write(row.Key.Currency);
            to.Write(row.Key.BusinessDate);
            to.Write(row.Key.SettleDate);
            to.Write((short)row.Key.Kind);
        });
        Copy($"posting ({TableColumns.Posting})", rows.Postings, static (to, row) =>
        {
            to.Write(row.EntryId);
            to.Write((short)row.Line);
            to.Write((short)row.Account);
            to.Write(row.AmountMinor);
            to.Write(row.RuleId);
            to.Write(row.RemainderMicro);
        });
        Add(rows.Balances);
        foreach (var letter in rows.DeadLetters) Insert(letter, topic, nowMs);
    }

    public void Dispose()
    {
        // The connection is the caller's.
    }

    private void Copy<T>(string table, List<T> rows, Action<NpgsqlBinaryImporter, T> write)
    {
        if (rows.Count == 0) return;
        using var importer = connection.BeginBinaryImport($"COPY {table} FROM STDIN (FORMAT BINARY)");
        foreach (var row in rows)
        {
            importer.StartRow();
            write(importer, row);
        }

        importer.Complete();
    }

    private static void WritePayment(NpgsqlBinaryImporter to, PaymentRow row)
    {
        to.Write(row.Id);
        to.Write(row.TransactionId);
        to.Write(row.RootTransactionId);
        to.Write(row.MerchantId);
        to.Write(row.TerminalId);
        to.Write(row.Acquirer);
        to.Write(row.Rrn);
        to.Write(row.Stan);
        to.Write(row.BatchNumber);
        to.Write((short)row.Kind);
        to.Write((short)row.EntryMode);
        to.Write(row.Currency);
        to.Write(row.RequestedMinor);
        to.Write(row.ApprovedMinor);
        to.Write((short)row.Outcome);
        to.Write((short)row.DeclinedBy);
        to.Write(row.ResponseCode);
        to.Write(row.ApprovalCode);
        to.Write(row.Scheme);
        to.Write(row.Funding);
        to.Write(row.IssuerCountry);
        to.Write(row.Mcc);
        to.Write(row.CardFirstSix);
        to.Write(row.CardLastFour);
        to.Write(row.CardToken);
        to.Write(row.BusinessDate);
        to.Write(row.AcceptedMs);
        to.Write(row.AnsweredMs);
        to.Write((short)row.Stage);
        to.Write(row.ApprovalEntryId);
    }

    private void Update(List<PaymentRow> payments)
    {
        if (payments.Count == 0) return;
        using var batch = new NpgsqlBatch(connection);
        foreach (var row in payments)
        {
            var command = new NpgsqlBatchCommand(row.HasAnswer
                ? "UPDATE payment SET stage = $1, approval_entry_id = $2, acquirer = $4, rrn = $5, currency = $6, "
                    + "approved_minor = $7, outcome = $8, declined_by = $9, response_code = $10, approval_code = $11, "
                    + "answered_ms = $12 WHERE id = $3"
                : "UPDATE payment SET stage = $1, approval_entry_id = $2 WHERE id = $3");
            void Add<T>(T value) => command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
            Add((short)row.Stage);
            Add(row.ApprovalEntryId);
            Add(row.Id);
            if (row.HasAnswer)
            {
                Add(row.Acquirer);
                Add(row.Rrn);
                Add(row.Currency);
                Add(row.ApprovedMinor);
                Add((short)row.Outcome);
                Add((short)row.DeclinedBy);
                Add(row.ResponseCode);
                Add(row.ApprovalCode);
                Add(row.AnsweredMs);
            }

            batch.BatchCommands.Add(command);
        }

        batch.ExecuteNonQuery();
    }

    private void Add(List<BalanceRow> rows)
    {
        if (rows.Count == 0) return;
        using var command = Of(AddToBalance);
        void Column<T>(string name, NpgsqlDbType type, Converter<BalanceRow, T> of) =>
            command.Parameters.Add(new NpgsqlParameter(name, NpgsqlDbType.Array | type)
            {
                Value = rows.ConvertAll(of),
            });
        Column("settle", NpgsqlDbType.Text, row => row.Key.SettleDate);
        Column("acquirer", NpgsqlDbType.Text, row => row.Key.Acquirer);
        Column("merchant", NpgsqlDbType.Text, row => row.Key.MerchantId);
        Column("currency", NpgsqlDbType.Text, row => row.Key.Currency);
        Column("business", NpgsqlDbType.Text, row => row.Key.BusinessDate);
        Column("kind", NpgsqlDbType.Smallint, row => (short)row.Key.Kind);
        Column("account", NpgsqlDbType.Smallint, row => (short)row.Account);
        Column("amount", NpgsqlDbType.Bigint, row => row.AmountMinor);
        Column("remainder", NpgsqlDbType.Bigint, row => row.RemainderMicro);
        Column("entries", NpgsqlDbType.Bigint, row => row.Entries);
        command.ExecuteNonQuery();
    }

    private void Insert(in DeadLetter letter, string topic, long nowMs)
    {
        using var command = Of(
            $"INSERT INTO dead_letter ({TableColumns.DeadLetter}) "
            + "VALUES (@topic, @partition, @offset, @reason, @now, @key, @payload, @type) "
            + "ON CONFLICT DO NOTHING");
        command.Parameters.AddWithValue("topic", topic);
        command.Parameters.AddWithValue("partition", letter.Message.Partition);
        command.Parameters.AddWithValue("offset", letter.Message.Offset);
        command.Parameters.AddWithValue("reason", letter.Reason);
        command.Parameters.AddWithValue("now", nowMs);
        command.Parameters.AddWithValue("key", letter.Message.Key);
        command.Parameters.AddWithValue("payload", letter.Message.Value);
        command.Parameters.AddWithValue("type", letter.Message.Type ?? "");
        command.ExecuteNonQuery();
    }

    private NpgsqlCommand Of(string sql) => new(sql, connection);
}
