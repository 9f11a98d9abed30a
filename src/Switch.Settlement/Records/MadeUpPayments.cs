using System.Diagnostics;
using System.Globalization;
using Dapper;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Data.Sqlite;
using Switch.Contracts.V1;
using Switch.Settlement.Books;
using Switch.Settlement.Consuming;
using Switch.Settlement.Days;
using Switch.Settlement.Statistics;
using Switch.Settlement.Store;

namespace Switch.Settlement.Records;

/// <summary>
/// Payments that never were, straight into a SQLite file: a payment, its event, its entry with two lines, and the
/// statistics. Faster than the consumer because the indexes are made at the end and nothing is durable before it.
/// </summary>
internal sealed class MadeUpPayments
{
    public const int Days = 60;

    private const int Merchants = 500;
    private const int Terminals = 5_000;
    private const int CommitEvery = 500_000;
    // Every day is closed, with windows as a close makes them, as far as a forecast reads them.
    private const string Closes = """
        INSERT INTO closed_day (business_date, closed_ms, closed_by)
        SELECT DISTINCT business_date, 0, 'nobody' FROM payment;
        INSERT INTO settlement_window
        SELECT business_date, acquirer, merchant_id, 'EUR', business_date, COUNT(*), SUM(approved_minor), 0, 0, 0, 0,
          -SUM(approved_minor) / 50, 0, 0, 0, 0, 0, 0, 0, SUM(approved_minor), SUM(approved_minor) / 200, 0
        FROM payment GROUP BY business_date, acquirer, merchant_id
        """;

    private static readonly string[] Schemes = ["visa", "mastercard", "girocard"];

    private readonly DateTimeOffset _first;
    private readonly long _count;

    public MadeUpPayments(DateTimeOffset first, long count)
    {
        _first = first;
        _count = count;
    }

    public static string MerchantOf(long i) => string.Create(CultureInfo.InvariantCulture,
        $"MERCHANT{i % Merchants:D7}");

    public static string TerminalOf(long i) => string.Create(CultureInfo.InvariantCulture, $"T{i % Terminals:D7}");

    public static string LastFourOf(long i) => string.Create(CultureInfo.InvariantCulture, $"{i * 7919 % 10_000:D4}");

    public static long AmountOf(long i) => 100 + (i % 9_900);

    public static string RrnOf(long i) => IdOf(i)[20..].ToUpperInvariant();

    /// <summary>Spread like a hash, as real ids are.</summary>
    public static string IdOf(long i) => string.Create(
        CultureInfo.InvariantCulture, $"{Mixed((ulong)i):x16}{Mixed((ulong)i ^ 0x9E37_79B9_7F4A_7C15):x16}");

    public string DateOf(long i) => At(i).ToString(BusinessDay.Form, CultureInfo.InvariantCulture);

    /// <summary>The start of the payment's day, or of one that many days later.</summary>
    public Timestamp DayOf(long i, int later) =>
        new DateTimeOffset(At(i).Date, TimeSpan.Zero).AddDays(later).ToTimestamp();

    public void Fill(SettlementDatabase database, TextWriter output)
    {
        var started = Stopwatch.GetTimestamp();
        using var connection = (SqliteConnection)database.OpenConnection();
        connection.Execute("PRAGMA synchronous=OFF; PRAGMA cache_size=-524288");
        var indexes = connection.Query<(string Name, string Sql)>(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").AsList();
        foreach (var (name, _) in indexes) connection.Execute($"DROP INDEX {name}");
        FillTables(connection, output);
        connection.Execute(Closes, commandTimeout: 0);
        foreach (var (name, sql) in indexes)
        {
            connection.Execute(sql, commandTimeout: 0);
            output.WriteLine($"index {name} is made");
        }

        connection.Execute("PRAGMA wal_checkpoint(TRUNCATE)", commandTimeout: 0);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"filled in {Stopwatch.GetElapsedTime(started).TotalSeconds:N0} s"));
    }

    private void FillTables(SqliteConnection connection, TextWriter output)
    {
        using var payment = StatementOf(connection, "payment", TableColumns.Payment);
        using var @event = StatementOf(connection, "event", TableColumns.Event);
        using var entry = StatementOf(connection, "entry", TableColumns.Entry);
        using var posting = StatementOf(connection, "posting", TableColumns.Posting);
        using var statisticWriter = new StatisticWriter(connection);
        var statistics = new HourlyStatistics();
        for (long i = 0; i < _count;)
        {
            connection.Execute("BEGIN TRANSACTION");
            for (var end = Math.Min(_count, i + CommitEvery); i < end; i++)
            {
                var e = EventOf(i);
                Insert(payment, PaymentOf(i, e));
                Insert(@event, [i + 1, e.EventId, i + 1, (long)e.Type, Ms(e.OccurredAt), 0L, i, e.ToByteArray()]);
                statistics.Add(e);
                if (e.Outcome != Outcome.Approved) continue;
                Insert(entry, [i + 1, i + 1, i + 1, "", e.Acquirer, e.MerchantId, "EUR", e.BusinessDate,
                    e.BusinessDate, 1L]);
                Insert(posting, [i + 1, 0L, (long)Account.SchemeReceivable, AmountOf(i), 0L, 0L]);
                Insert(posting, [i + 1, 1L, (long)Account.MerchantPayable, -AmountOf(i), 0L, 0L]);
            }

            statisticWriter.Write(statistics);
            statistics.Clear();
            connection.Execute("COMMIT TRANSACTION");
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{i,12:N0} payments"));
        }
    }

    private DateTimeOffset At(long i) => _first + TimeSpan.FromMilliseconds((double)i / _count * Days * 86_400_000);

    private static long Ms(Timestamp at) => (at.Seconds * 1000) + (at.Nanos / 1_000_000);

    private static SqliteStatement StatementOf(SqliteConnection connection, string table, string columns)
    {
        var marks = string.Join(", ", Enumerable.Repeat("?", columns.Split(',').Length));
        return new SqliteStatement(connection, $"INSERT INTO {table} ({columns}) VALUES ({marks})");
    }

    private static void Insert(SqliteStatement statement, ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] is long number) statement.Bind(i + 1, number);
            else if (values[i] is string text) statement.Bind(i + 1, text);
            else statement.Bind(i + 1, (byte[])values[i]);
        }

        statement.Execute();
    }

    private static object[] PaymentOf(long i, TransactionEvent e) =>
    [
        i + 1, e.TransactionId, e.RootTransactionId, e.MerchantId, e.TerminalId, e.Acquirer,
        e.RetrievalReferenceNumber, (long)e.Stan, 0L, (long)e.Kind, (long)e.EntryMode, "EUR",
        e.RequestedAmount.AmountMinor, e.ApprovedAmount?.AmountMinor ?? 0, (long)e.Outcome, (long)e.DeclinedBy,
        e.ResponseCode, e.ApprovalCode, e.Scheme, e.Funding, e.IssuerCountry, e.Mcc, e.CardFirstSix, e.CardLastFour,
        e.CardToken, e.BusinessDate, Ms(e.AcceptedAt), Ms(e.OccurredAt), e.ApprovedAmount is null ? 0L : 1L,
        e.ApprovedAmount is null ? 0L : i + 1,
    ];

    private TransactionEvent EventOf(long i)
    {
        var id = IdOf(i);
        var isDeclined = i % 11 == 0;
        var amount = new Money { AmountMinor = AmountOf(i), Currency = "EUR" };
        return new TransactionEvent
        {
            EventId = id + ".authorized",
            Type = TransactionEventType.Authorized,
            Sequence = 2,
            OccurredAt = At(i).AddMilliseconds(200).ToTimestamp(),
            AcceptedAt = At(i).ToTimestamp(),
            BusinessDate = DateOf(i),
            TransactionId = id,
            RootTransactionId = id,
            MerchantId = MerchantOf(i),
            TerminalId = TerminalOf(i),
            IdempotencyKey = id,
            Stan = (int)(i % 999_999) + 1,
            Kind = TransactionKind.Purchase,
            EntryMode = i % 3 == 0 ? EntryMode.Chip : EntryMode.Contactless,
            RequestedAmount = amount,
            ApprovedAmount = isDeclined ? null : amount,
            Outcome = isDeclined ? Outcome.Declined : Outcome.Approved,
            DeclinedBy = isDeclined ? DeclinedBy.Issuer : DeclinedBy.Unspecified,
            ResponseCode = isDeclined ? "51" : "00",
            ApprovalCode = isDeclined ? "" : "A12345",
            RetrievalReferenceNumber = RrnOf(i),
            Acquirer = i % 2 == 0 ? "alpha" : "beta",
            RouteReason = "rule visa-eu, candidate 1 of 2",
            Attempts = 1,
            CardToken = id + id,
            CardTokenKeyId = "t1",
            CardFirstSix = "411111",
            CardLastFour = LastFourOf(i),
            Scheme = Schemes[i % Schemes.Length],
            IssuerCountry = "DE",
            Funding = "credit",
            Mcc = "5411",
        };
    }

    private static ulong Mixed(ulong x)
    {
        x += 0x9E37_79B9_7F4A_7C15;
        x = (x ^ (x >> 30)) * 0xBF58_476D_1CE4_E5B9;
        x = (x ^ (x >> 27)) * 0x94D0_49BB_1331_11EB;
        return x ^ (x >> 31);
    }
}
