using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Switch.Settlement.Store;

/// <summary>
/// The books as text that depends on nothing but what they say: no row numbers, no order of writing, the same from both
/// stores. Two stores with the same digest hold the same books.
/// </summary>
internal static class BooksDigest
{
    private const char Separator = '|';

    private const string Balances =
        "SELECT settle_date, acquirer, merchant_id, currency, business_date, entry_kind, account, amount_minor, "
        + "remainder_micro, entries FROM balance "
        + "ORDER BY settle_date{0}, acquirer{0}, merchant_id{0}, currency{0}, business_date{0}, entry_kind, account";

    private const string Payments =
        "SELECT transaction_id, root_transaction_id, merchant_id, terminal_id, acquirer, rrn, stan, batch_number, "
        + "kind, entry_mode, currency, requested_minor, approved_minor, outcome, declined_by, response_code, "
        + "approval_code, "
        + "scheme, funding, issuer_country, mcc, card_first_six, card_last_four, card_token, business_date, "
        + "accepted_ms, answered_ms, stage FROM payment ORDER BY transaction_id{0}";

    private const string Events = "SELECT event_id, type, occurred_ms, payload FROM event ORDER BY event_id{0}";

    private const string Entries =
        "SELECT COALESCE(v.event_id, ''), e.reference, e.kind, e.acquirer, e.merchant_id, e.currency, e.business_date, "
        + "e.settle_date, p.line, p.account, p.amount_minor, p.remainder_micro, COALESCE(r.rule_key, ''), "
        + "COALESCE(r.rule_text, '') FROM entry e JOIN posting p ON p.entry_id = e.id "
        + "LEFT JOIN event v ON v.id = e.event_row LEFT JOIN fee_rule r ON r.id = p.rule_id "
        + "ORDER BY COALESCE(v.event_id, ''){0}, e.reference{0}, e.kind, e.merchant_id{0}, e.currency{0}, "
        + "e.acquirer{0}, "
        + "p.line, p.amount_minor";

    private const string Statistics =
        "SELECT business_date, hour_ms, merchant_id, acquirer, scheme, entry_mode, kind, currency, outcome, "
        + "declined_by, response_code, requests, requested_minor, approved_minor FROM statistic_hour "
        + "ORDER BY business_date{0}, hour_ms, merchant_id{0}, acquirer{0}, scheme{0}, entry_mode, kind, currency{0}, "
        + "outcome, declined_by, response_code{0}";

    private static readonly (string Name, string Sql)[] Parts =
    [
        ("balance", Balances), ("payment", Payments), ("event", Events), ("entry", Entries), ("statistic", Statistics),
    ];

    // Balances are sums of entries.
    private static readonly (string Name, string Sql)[] OfEvents =
    [
        ("payment", Payments), ("event", Events), ("statistic", Statistics),
        ("entry", Entries.Replace("ORDER BY", "WHERE e.event_row <> 0 ORDER BY", StringComparison.Ordinal)),
    ];

    /// <summary>SHA-256 over the text, 64 lower-case hexadecimal digits.</summary>
    public static string Of(SettlementDatabase database) => HashOf(Lines(database, Parts));

    /// <summary>The same of what a transaction sees, its own changes with it.</summary>
    public static string Of(SettlementDatabase database, StoreTransaction transaction) =>
        HashOf(Lines(database.Dialect, transaction.Command, Parts));

    /// <summary>
    /// The first line that one of two stores has and the other has not; null when the same events have made the same of
    /// both. What settlement itself has posted is left out: it is not in Kafka.
    /// </summary>
    public static string? FirstDifference(SettlementDatabase one, SettlementDatabase other)
    {
        using var lines = Lines(one, OfEvents).GetEnumerator();
        using var others = Lines(other, OfEvents).GetEnumerator();
        while (true)
        {
            var (has, hasOther) = (lines.MoveNext(), others.MoveNext());
            if (!has && !hasOther) return null;
            if (has != hasOther) return has ? lines.Current : others.Current;
            if (lines.Current != others.Current) return $"{lines.Current} <> {others.Current}";
        }
    }

    /// <summary>The text, line by line. Read while nobody writes.</summary>
    public static IEnumerable<string> Lines(SettlementDatabase database) => Lines(database, Parts);

    private static IEnumerable<string> Lines(SettlementDatabase database, (string Name, string Sql)[] parts)
    {
        using var connection = database.OpenConnection();
        DbCommand Of(string sql)
        {
            var command = connection.CreateCommand();
            command.CommandText = sql;
            return command;
        }

        foreach (var line in Lines(database.Dialect, Of, parts)) yield return line;
    }

    private static IEnumerable<string> Lines(
        StoreDialect dialect, Func<string, DbCommand> commandOf, (string Name, string Sql)[] parts)
    {
        foreach (var (name, sql) in parts)
        {
            // By bytes, as SQLite has it: PostgreSQL would order by language.
            using var command = commandOf(string.Format(
                CultureInfo.InvariantCulture, sql, dialect == StoreDialect.Sqlite ? "" : " COLLATE \"C\""));
            command.CommandTimeout = 0; // the whole books may take long
            using var reader = command.ExecuteReader();
            while (reader.Read()) yield return LineOf(name, reader);
        }
    }

    private static string HashOf(IEnumerable<string> lines)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var line in lines) hash.AppendData(Encoding.UTF8.GetBytes(line + "\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string LineOf(string name, DbDataReader reader)
    {
        var line = new StringBuilder(name);
        for (var i = 0; i < reader.FieldCount; i++)
        {
            line.Append(Separator);
            switch (reader.GetValue(i))
            {
                case byte[] bytes:
                    line.Append(Convert.ToHexStringLower(SHA256.HashData(bytes)));
                    break;
                case string text:
                    // What looks like a separator must not be able to move from one field to the next.
                    line.Append(text.Replace("\\", @"\\", StringComparison.Ordinal)
                        .Replace("|", @"\p", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal));
                    break;
                case var number:
                    line.Append(Convert.ToInt64(number, CultureInfo.InvariantCulture)
                        .ToString(CultureInfo.InvariantCulture));
                    break;
            }
        }

        return line.ToString();
    }
}
