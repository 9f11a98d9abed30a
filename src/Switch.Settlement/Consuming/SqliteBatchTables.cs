using Microsoft.Data.Sqlite;
using Switch.Settlement.Books;
using Switch.Settlement.Store;

namespace Switch.Settlement.Consuming;

/// <summary>The tables on SQLite: statements prepared once, bound and stepped row by row.</summary>
internal sealed class SqliteBatchTables : IBatchTables
{
    private readonly SqliteStatement _payment;
    private readonly SqliteStatement _events;
    private readonly SqliteStatement _approval;
    private readonly SqliteStatement _insertPayment;
    private readonly SqliteStatement _updateStage;
    private readonly SqliteStatement _updateAnswer;
    private readonly SqliteStatement _insertEvent;
    private readonly SqliteStatement _insertEntry;
    private readonly SqliteStatement _insertPosting;
    private readonly SqliteStatement _addToBalance;
    private readonly SqliteStatement _insertDeadLetter;
    private readonly List<SqliteStatement> _all = [];

    public SqliteBatchTables(SqliteConnection connection)
    {
        SqliteStatement Of(string sql)
        {
            var statement = new SqliteStatement(connection, sql);
            _all.Add(statement);
            return statement;
        }

        _payment = Of(
            "SELECT id, stage, approval_entry_id, acquirer, merchant_id, currency FROM payment "
            + "WHERE transaction_id = ?");
        _events = Of("SELECT event_id, payload FROM event WHERE payment_id = ?");
        _approval = Of(
            "SELECT account, amount_minor, rule_id, remainder_micro FROM posting WHERE entry_id = ? ORDER BY line");
        _insertPayment = Of(Insert("payment", TableColumns.Payment));
        _updateStage = Of("UPDATE payment SET stage = ?, approval_entry_id = ? WHERE id = ?");
        _updateAnswer = Of(
            "UPDATE payment SET stage = ?, approval_entry_id = ?, acquirer = ?, rrn = ?, currency = ?, "
            + "approved_minor = ?, outcome = ?, declined_by = ?, response_code = ?, approval_code = ?, "
            + "answered_ms = ? WHERE id = ?");
        _insertEvent = Of(Insert("event", TableColumns.Event));
        _insertEntry = Of(Insert("entry", TableColumns.Entry));
        _insertPosting = Of(Insert("posting", TableColumns.Posting));
        // Past 64 bits SQLite would go on with an inexact number: with none the row is refused, as by PostgreSQL.
        _addToBalance = Of(
            Insert("balance", TableColumns.Balance) + " ON CONFLICT DO UPDATE SET "
            + "amount_minor = CASE typeof(amount_minor + excluded.amount_minor) "
            + "WHEN 'integer' THEN amount_minor + excluded.amount_minor END, "
            + "remainder_micro = remainder_micro + excluded.remainder_micro, entries = entries + excluded.entries");
        _insertDeadLetter = Of(Insert("dead_letter", TableColumns.DeadLetter) + " ON CONFLICT DO NOTHING");
    }

    public void ReadPayments(
        StoreTransaction transaction, IReadOnlyCollection<string> transactionIds, Dictionary<string, PaymentRow> found)
    {
        foreach (var id in transactionIds)
        {
            _payment.Bind(1, id);
            if (!_payment.Read()) continue;
            found[id] = PaymentRow.Stored(
                id, _payment.Number(0), (PaymentStage)_payment.Number(1), _payment.Number(2),
                _payment.Text(3), _payment.Text(4), _payment.Text(5));
            _payment.Reset();
        }
    }

    public void ReadEvents(StoreTransaction transaction, IReadOnlyList<PaymentRow> payments)
    {
        foreach (var payment in payments)
        {
            _events.Bind(1, payment.Id);
            while (_events.Read()) payment.Know(_events.Text(0), _events.Bytes(1));
        }
    }

    public void ReadApprovals(
        StoreTransaction transaction, IReadOnlyList<PaymentRow> payments, Func<int, FeeRule> ruleOf)
    {
        foreach (var payment in payments)
        {
            List<Posting> lines = [];
            _approval.Bind(1, payment.ApprovalEntryId);
            while (_approval.Read())
            {
                var rule = (int)_approval.Number(2);
                lines.Add(new Posting(
                    (Account)_approval.Number(0), _approval.Number(1), rule == 0 ? null : ruleOf(rule),
                    _approval.Number(3)));
            }

            payment.ApprovalLines = [.. lines];
        }
    }

    public void Write(StoreTransaction transaction, BatchRows rows, string topic, long nowMs)
    {
        foreach (var payment in rows.NewPayments) Insert(payment);
        foreach (var payment in rows.ChangedPayments) Update(payment);
        foreach (var e in rows.Events) Insert(e);
        foreach (var entry in rows.Entries) Insert(entry);
        foreach (var posting in rows.Postings) Insert(posting);
        foreach (var balance in rows.Balances) Add(balance);
        foreach (var letter in rows.DeadLetters) Insert(letter, topic, nowMs);
    }

    public void Dispose()
    {
        foreach (var statement in _all) statement.Dispose();
    }

    private static string Insert(string table, string columns)
    {
        var marks = string.Join(", ", Enumerable.Repeat("?", columns.Split(',').Length));
        return $"INSERT INTO {table} ({columns}) VALUES ({marks})";
    }

    private void Insert(PaymentRow row)
    {
        var s = _insertPayment;
        s.Bind(1, row.Id);
        s.Bind(2, row.TransactionId);
        s.Bind(3, row.RootTransactionId);
        s.Bind(4, row.MerchantId);
        s.Bind(5, row.TerminalId);
        s.Bind(6, row.Acquirer);
        s.Bind(7, row.Rrn);
        s.Bind(8, row.Stan);
        s.Bind(9, row.BatchNumber);
        s.Bind(10, (long)row.Kind);
        s.Bind(11, (long)row.EntryMode);
        s.Bind(12, row.Currency);
        s.Bind(13, row.RequestedMinor);
        s.Bind(14, row.ApprovedMinor);
        s.Bind(15, (long)row.Outcome);
        s.Bind(16, (long)row.DeclinedBy);
        s.Bind(17, row.ResponseCode);
        s.Bind(18, row.ApprovalCode);
        s.Bind(19, row.Scheme);
        s.Bind(20, row.Funding);
        s.Bind(21, row.IssuerCountry);
        s.Bind(22, row.Mcc);
        s.Bind(23, row.CardFirstSix);
        s.Bind(24, row.CardLastFour);
        s.Bind(25, row.CardToken);
        s.Bind(26, row.BusinessDate);
        s.Bind(27, row.AcceptedMs);
        s.Bind(28, row.AnsweredMs);
        s.Bind(29, (long)row.Stage);
        s.Bind(30, row.ApprovalEntryId);
        s.Execute();
    }

    private void Update(PaymentRow row)
    {
        var s = row.HasAnswer ? _updateAnswer : _updateStage;
        s.Bind(1, (long)row.Stage);
        s.Bind(2, row.ApprovalEntryId);
        if (!row.HasAnswer)
        {
            s.Bind(3, row.Id);
            s.Execute();
            return;
        }

        s.Bind(3, row.Acquirer);
        s.Bind(4, row.Rrn);
        s.Bind(5, row.Currency);
        s.Bind(6, row.ApprovedMinor);
        s.Bind(7, (long)row.Outcome);
        s.Bind(8, (long)row.DeclinedBy);
        s.Bind(9, row.ResponseCode);
        s.Bind(10, row.ApprovalCode);
        s.Bind(11, row.AnsweredMs);
        s.Bind(12, row.Id);
        s.Execute();
    }

    private void Insert(in EventRow row)
    {
        var s = _insertEvent;
        s.Bind(1, row.Id);
        s.Bind(2, row.EventId);
        s.Bind(3, row.PaymentId);
        s.Bind(4, (long)row.Type);
        s.Bind(5, row.OccurredMs);
        s.Bind(6, row.Partition);
        s.Bind(7, row.Offset);
        s.Bind(8, row.Payload);
        s.Execute();
    }

    private void Insert(in EntryRow row)
    {
        var s = _insertEntry;
        s.Bind(1, row.Id);
        s.Bind(2, row.EventRow);
        s.Bind(3, row.PaymentId);
        s.Bind(4, row.Reference);
        s.Bind(5, row.Key.Acquirer);
        s.Bind(6, row.Key.MerchantId);
        s.Bind(7, row.Key.Currency);
        s.Bind(8, row.Key.BusinessDate);
        s.Bind(9, row.Key.SettleDate);
        s.Bind(10, (long)row.Key.Kind);
        s.Execute();
    }

    private void Insert(in PostingRow row)
    {
        var s = _insertPosting;
        s.Bind(1, row.EntryId);
        s.Bind(2, row.Line);
        s.Bind(3, (long)row.Account);
        s.Bind(4, row.AmountMinor);
        s.Bind(5, row.RuleId);
        s.Bind(6, row.RemainderMicro);
        s.Execute();
    }

    private void Add(in BalanceRow row)
    {
        var s = _addToBalance;
        s.Bind(1, row.Key.SettleDate);
        s.Bind(2, row.Key.Acquirer);
        s.Bind(3, row.Key.MerchantId);
        s.Bind(4, row.Key.Currency);
        s.Bind(5, row.Key.BusinessDate);
        s.Bind(6, (long)row.Key.Kind);
        s.Bind(7, (long)row.Account);
        s.Bind(8, row.AmountMinor);
        s.Bind(9, row.RemainderMicro);
        s.Bind(10, row.Entries);
        s.Execute();
    }

    private void Insert(in DeadLetter letter, string topic, long nowMs)
    {
        var s = _insertDeadLetter;
        s.Bind(1, topic);
        s.Bind(2, letter.Message.Partition);
        s.Bind(3, letter.Message.Offset);
        s.Bind(4, letter.Reason);
        s.Bind(5, nowMs);
        s.Bind(6, letter.Message.Key);
        s.Bind(7, letter.Message.Value);
        s.Bind(8, letter.Message.Type ?? "");
        s.Execute();
    }
}
