using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Time.Testing;
using Switch.Contracts.V1;
using Switch.Settlement.Books;
using Switch.Settlement.Consuming;
using Switch.Settlement.Days;
using Switch.Settlement.Fees;
using Switch.Settlement.Terms;
using Switch.Settlement.Tests.Books;
using Switch.Settlement.Tests.Store;
using Switch.Settlement.Tests.Terms;

namespace Switch.Settlement.Tests.Days;

/// <summary>Books in a real store, fed as the consumer feeds them, with a clock that the test sets.</summary>
internal sealed class OpenBooks : IDisposable
{
    private const string Topic = "payments.transaction.v1";

    private readonly BooksWriter _writer;
    private readonly long[] _offsets = new long[4];
    private readonly List<ConsumedMessage> _sent = [];
    private long _number;

    public OpenBooks(string kind, SettlementTerms? terms = null)
    {
        Terms = terms ?? SampleTerms.Read();
        Store = TestStore.Create(kind);
        _writer = new BooksWriter(Store.Database, new Bookkeeper(new FeeSchedule(Terms)), Topic, Clock);
        _writer.ReadPositions([0, 1, 2, 3]);
        Day = new BusinessDay(Clock, TimeZoneInfo.Utc, TimeSpan.Zero);
    }

    public TestStore Store { get; }

    /// <summary>Everything that was consumed, in its order.</summary>
    public IReadOnlyList<ConsumedMessage> Sent => _sent;

    /// <summary>Of every payment from here on; none is needed but for reading the messages again.</summary>
    public string Terminal { get; set; } = "";

    public SettlementTerms Terms { get; }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 2, 22, 0, 0, TimeSpan.Zero));

    public BusinessDay Day { get; }

    public Adjustments Adjustments => new(Store.Database, Terms, Day);

    public PayoutHolds Holds => new(Store.Database, Terms, Day);

    /// <summary>Sets the clock to the evening of a day, not before it was.</summary>
    public void GoTo(string date)
    {
        var at = new DateTimeOffset(BusinessDay.Parse(date).ToDateTime(new TimeOnly(22, 0)), TimeSpan.Zero);
        if (at > Clock.GetUtcNow()) Clock.SetUtcNow(at);
    }

    /// <summary>Books an approved purchase.</summary>
    public TransactionEvent Sell(long amount, string date, string merchant = "BAKERY-BERLIN", string currency = "EUR")
    {
        var e = Unique(Approvals.Purchase(amount, merchant, currency, date));
        Send(e);
        return e;
    }

    /// <summary>Books an approved refund.</summary>
    public TransactionEvent Refund(long amount, string date, string merchant = "BAKERY-BERLIN")
    {
        var e = Approvals.Refund(amount, merchant);
        e.BusinessDate = date;
        Send(Unique(e));
        return e;
    }

    /// <summary>Books the reversal of an approval, which has its business date.</summary>
    public void Reverse(TransactionEvent approval)
    {
        Send(approval.Later(TransactionEventType.ReversalQueued));
        Send(approval.Later(TransactionEventType.ReversalAcknowledged));
    }

    /// <summary>Gives an event a transaction of its own and its times.</summary>
    public TransactionEvent Unique(TransactionEvent e)
    {
        e.TransactionId = e.RootTransactionId = (++_number).ToString("x32", CultureInfo.InvariantCulture);
        e.EventId = $"{e.TransactionId}.authorized";
        if (Terminal.Length > 0) e.TerminalId = Terminal;
        e.OccurredAt = e.AcceptedAt = Timestamp.FromDateTimeOffset(Clock.GetUtcNow());
        return e;
    }

    public void Send(params TransactionEvent[] events)
    {
        var batch = new List<ReadMessage>();
        foreach (var e in events)
        {
            // All events of a payment are in one partition.
            var partition = int.Parse(e.RootTransactionId.AsSpan(31), NumberStyles.HexNumber, null) % 4;
            batch.Add(new ReadMessage(
                new ConsumedMessage(partition, _offsets[partition]++, e.RootTransactionId, e.ToByteArray(), null),
                e, BusinessDay.Parse(e.BusinessDate), null));
            _sent.Add(batch[^1].Message);
        }

        Assert.False(_writer.Write(batch).IsFenced);
    }

    /// <summary>Closes a date and expects that it is.</summary>
    public CloseResult Close(string date)
    {
        GoTo(date);
        var result = TryClose(date);
        Assert.Null(result.Refusal);
        AssertBalanced();
        return result;
    }

    public CloseResult TryClose(string date, SettlementTerms? terms = null) =>
        new DayCloser(Store.Database, terms ?? Terms, Day).Close(BusinessDay.Parse(date), "anna");

    public static Payout PayoutOf(CloseResult close, string merchant = "BAKERY-BERLIN", string currency = "EUR") =>
        close.Payouts.Single(p => p.MerchantId == merchant && p.Currency == currency);

    /// <summary>All accounts of a currency together are zero, by the kept balances and by the lines alike.</summary>
    public void AssertBalanced()
    {
        var (kept, lines) = TrialBalance.ReadBoth(Store.Database);
        Assert.True(kept.IsBalanced);
        Assert.Equal(lines.Rows, kept.Rows);
        using var connection = Store.Database.OpenConnection();
        Assert.Empty(DayCloser.ReadChangedWindows(connection));
        Assert.Equal(0, Store.Number(
            "SELECT COUNT(*) FROM (SELECT entry_id FROM posting GROUP BY entry_id "
            + "HAVING SUM(amount_minor) <> 0) AS odd"));
    }

    /// <summary>What an account holds, over all windows.</summary>
    public long Balance(Account account, string merchant = "BAKERY-BERLIN") => Store.Number(
        "SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) FROM balance "
        + "WHERE account = @account AND merchant_id = @merchant",
        new { account = (int)account, merchant });

    /// <summary>
    /// Everything that the closes up to a date have fixed, row by row; without the numbers of rows that a rebuild
    /// makes.
    /// </summary>
    public IReadOnlyList<string> Closed(string upTo)
    {
        var tables = new[]
        {
            ("settlement_window", "close_date", "*"), ("payout", "close_date", "*"),
            ("closed_day", "business_date", "*"), ("closed_day_watermark", "business_date", "*"),
            ("entry", "settle_date", "CASE WHEN event_row = 0 THEN id ELSE 0 END AS own_id, reference, acquirer, "
                + "merchant_id, currency, business_date, settle_date, kind"),
        };
        return
        [
            .. tables.SelectMany(table => Store
                .Rows<dynamic>($"SELECT {table.Item3} FROM {table.Item1} WHERE {table.Item2} <= @upTo", new { upTo })
                .Select(row => string.Join('|', ((IDictionary<string, object>)row).Values)).Order()),
        ];
    }

    public void Dispose()
    {
        _writer.Dispose();
        Store.Dispose();
    }
}
