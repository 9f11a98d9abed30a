using System.Data.Common;
using Dapper;
using Switch.Settlement.Books;
using Switch.Settlement.Consuming;
using Switch.Settlement.Store;
using Switch.Settlement.Terms;

namespace Switch.Settlement.Days;

/// <summary>
/// Closes business dates. A close is one transaction that no batch is beside: it records how far each partition was
/// consumed, gives back reserves that are due, fixes the windows, and orders the payouts. What comes later settles in
/// later windows; what it wrote never changes.
/// </summary>
internal sealed class DayCloser(SettlementDatabase database, SettlementTerms terms, BusinessDay day)
{
    // Seconds of a statement; 0 is no bound. A large close takes long, and one that is given up is made again.
    private const int Unbounded = 0;

    /// <summary>Closes a date and every open date before it.</summary>
    /// <param name="date">Today's business date at the latest.</param>
    /// <param name="closedBy">Who asked for it, 1 to 64 characters.</param>
    /// <returns>What was closed, or why nothing was; then nothing has changed.</returns>
    /// <exception cref="DbException">The store is away; nothing has changed.</exception>
    /// <exception cref="InvalidOperationException">The books don't add up; nothing has changed.</exception>
    public CloseResult Close(DateOnly date, string closedBy)
    {
        if (PersonText.FaultOf(("name", closedBy, 64)) is { } fault) return CloseResult.Refused(fault);
        using var transaction = database.Begin(StoreLock.Alone);
        var today = day.Today;
        if (date > today)
        {
            return CloseResult.Refused(
                $"{BusinessDay.Text(date)} is in the future: today's business date is {BusinessDay.Text(today)}");
        }

        var last = LastClose(transaction);
        if (last is not null && RefusalAfter(last, date) is { } why) return CloseResult.Refused(why);

        var span = new DateSpan(last?.Date ?? "", BusinessDay.Text(date));
        var entries = new SettlementEntries(database, transaction);
        Run(transaction, CloseSql.KeepReserves, span);
        ReleaseReserves(transaction, entries, date);
        entries.Write();
        Run(transaction, CloseSql.FixWindows, span);
        RequireBalance(transaction, span);
        var payouts = OrderPayouts(transaction, entries, span, new PayoutPlan(terms, date, today, Holds(transaction)));
        entries.Write();
        KeepClose(transaction, span, closedBy);
        Run(transaction, CloseSql.KeepWatermarks, span);
        var windows = transaction.Connection.ExecuteScalar<long>(
            CloseSql.CountWindows, span, transaction.Transaction, Unbounded);
        transaction.Commit();
        return new CloseResult(null, windows, payouts);
    }

    /// <summary>
    /// Closed windows that the books would make differently today, "date acquirer merchant currency" each. None, unless
    /// rows were changed behind settlement's back; a rebuild that would make some, by other terms, is refused.
    /// </summary>
    public static IReadOnlyList<string> ReadChangedWindows(DbConnection connection, DbTransaction? open = null) =>
        connection.Query<string>(CloseSql.ReadChangedWindows, transaction: open, commandTimeout: Unbounded)
            .AsList();

    private static string? RefusalAfter(LastClosed last, DateOnly date)
    {
        var text = BusinessDay.Text(date);
        var at = DateTimeOffset.FromUnixTimeMilliseconds(last.ClosedMs);
        if (text == last.Date)
            return $"{text} is closed already, since {at:yyyy-MM-dd HH:mm:ss} UTC by {last.ClosedBy}";
        return string.CompareOrdinal(text, last.Date) < 0
            ? $"{text} is before {last.Date}, the last date that was closed; every date up to it is closed with it"
            : null;
    }

    private void ReleaseReserves(StoreTransaction transaction, SettlementEntries entries, DateOnly closing)
    {
        var (connection, open) = (transaction.Connection, transaction.Transaction);
        var days = terms.Merchants.Values.Append(terms.Unlisted)
            .Min(static merchant => merchant.Changes.Append(merchant).Min(static change => change.ReserveDays));
        var rows = connection.Query<ReserveRow>(
            CloseSql.ReadReserves, new { Until = BusinessDay.Text(closing.AddDays(-days)) }, open,
            commandTimeout: Unbounded).AsList();
        foreach (var row in rows)
        {
            var sold = BusinessDay.Parse(row.BusinessDate);
            if (sold.AddDays(terms.MerchantOf(row.MerchantId).On(sold).ReserveDays) > closing) continue;
            var key = new EntryKey(
                BusinessDay.Text(closing), row.Acquirer, row.MerchantId, row.Currency, row.BusinessDate,
                EntryKind.ReserveRelease);
            var reference = $"reserve of {row.BusinessDate}, close {BusinessDay.Text(closing)}";
            if (row.HeldMinor != 0)
                entries.Add(key, reference, Account.MerchantReserve, Account.MerchantPayable, row.HeldMinor);
            connection.Execute(CloseSql.DropReserve, row, open, Unbounded);
        }
    }

    private List<Payout> OrderPayouts(
        StoreTransaction transaction, SettlementEntries entries, DateSpan span, PayoutPlan plan)
    {
        var (connection, open) = (transaction.Connection, transaction.Transaction);
        var payouts = new List<Payout>();
        var dues = connection.Query<DueRow>(CloseSql.ReadDue, span, open, commandTimeout: Unbounded).AsList();
        foreach (var due in dues)
        {
            var payout = plan.Of(due.MerchantId, due.Currency, due.BroughtMinor, due.NetMinor);
            if (payout.AmountMinor > 0)
            {
                var key = new EntryKey(
                    span.Date, "", payout.MerchantId, payout.Currency, span.Date, EntryKind.Payout);
                payout = payout with
                {
                    EntryId = entries.Add(
                        key, payout.Id, Account.MerchantPayable, Account.PayoutPayable, payout.AmountMinor),
                };
            }

            var merchant = terms.MerchantOf(payout.MerchantId);
            connection.Execute(CloseSql.InsertPayout, new
            {
                payout.Id,
                payout.CloseDate,
                payout.MerchantId,
                payout.Currency,
                payout.BroughtMinor,
                payout.NetMinor,
                payout.AmountMinor,
                payout.CarriedMinor,
                Status = (int)payout.Status,
                payout.HoldReason,
                payout.ValueDate,
                merchant.Name,
                Details = PartyDetails.Text(merchant.Details),
                merchant.Town,
                merchant.Country,
                merchant.Iban,
                merchant.Account,
                merchant.Bic,
                payout.EntryId,
            }, open, Unbounded);
            payouts.Add(payout);
        }

        return payouts;
    }

    private void KeepClose(StoreTransaction transaction, DateSpan span, string closedBy)
    {
        var payer = terms.Operator;
        Run(transaction, CloseSql.CloseDay, new
        {
            span.Date,
            ClosedMs = day.NowMs,
            ClosedBy = closedBy,
            payer.Name,
            Details = PartyDetails.Text(payer.Details),
            payer.Town,
            payer.Country,
            payer.Iban,
            payer.Bic,
        });
    }

    // Nothing may be paid out of books that don't add up, whatever the reason.
    private static void RequireBalance(StoreTransaction transaction, DateSpan span)
    {
        var odd = transaction.Connection.Query<OddRow>(
            CloseSql.ReadOddSums, span, transaction.Transaction, commandTimeout: Unbounded).AsList();
        if (odd.Count == 0) return;
        var sums = string.Join(", ", odd.Select(static o => $"{o.Sum} {o.Currency}"));
        throw new InvalidOperationException($"the books of {span.Date} do not add up to zero: {sums}");
    }

    private static LastClosed? LastClose(StoreTransaction transaction) =>
        transaction.Connection.QueryFirstOrDefault<LastClosed>(
            CloseSql.ReadLast, transaction: transaction.Transaction, commandTimeout: Unbounded);

    private static List<OpenHold> Holds(StoreTransaction transaction) =>
        [
            .. transaction.Connection.Query<HoldRow>(
                CloseSql.ReadHolds, transaction: transaction.Transaction, commandTimeout: Unbounded)
                .Select(row => new OpenHold(row.MerchantId, row.Currency, row.AmountMinor, row.Reason)),
        ];

    private static void Run(StoreTransaction transaction, string sql, object parameters) =>
        transaction.Connection.Execute(sql, parameters, transaction.Transaction, Unbounded);

    // What a close takes: dates after the last close, up to its own.
    private sealed record DateSpan(string Previous, string Date);

    private sealed class LastClosed
    {
        public string Date { get; set; } = "";

        public long ClosedMs { get; set; }

        public string ClosedBy { get; set; } = "";
    }

    private sealed class ReserveRow
    {
        public string BusinessDate { get; set; } = "";

        public string Acquirer { get; set; } = "";

        public string MerchantId { get; set; } = "";

        public string Currency { get; set; } = "";

        public long HeldMinor { get; set; }
    }

    private sealed class DueRow
    {
        public string MerchantId { get; set; } = "";

        public string Currency { get; set; } = "";

        public long BroughtMinor { get; set; }

        public long NetMinor { get; set; }
    }

    private sealed class HoldRow
    {
        public string MerchantId { get; set; } = "";

        public string Currency { get; set; } = "";

        public long AmountMinor { get; set; }

        public string Reason { get; set; } = "";
    }

    private sealed class OddRow
    {
        public string Currency { get; set; } = "";

        public long Sum { get; set; }
    }
}
