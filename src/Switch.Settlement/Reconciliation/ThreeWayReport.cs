using System.Data.Common;
using Dapper;
using Switch.Settlement.Books;
using Switch.Settlement.Days;
using Switch.Settlement.Files;
using Switch.Settlement.Store;

namespace Switch.Settlement.Reconciliation;

/// <summary>Puts books, acquirers' files and the bank side by side, closed settlement date by date.</summary>
internal sealed class ThreeWayReport(SettlementDatabase database)
{
    private static readonly string BooksSql =
        "SELECT acquirer AS Acquirer, settle_date AS Date, currency AS Currency, CAST(SUM(CASE WHEN account = "
        + $"{(int)Account.SchemeReceivable} THEN amount_minor ELSE 0 END) AS BIGINT) AS NetMinor, "
        + $"CAST(-SUM(CASE WHEN entry_kind IN ({ClosedDaySql.PaymentKinds}) "
        + $"AND account IN ({ClosedDaySql.ShareAccounts}) THEN amount_minor ELSE 0 END) AS BIGINT) AS GrossMinor "
        + "FROM balance WHERE acquirer <> '' AND settle_date >= @from AND settle_date <= @to "
        + "AND settle_date <= (SELECT COALESCE(MAX(business_date), '') FROM closed_day) "
        + $"AND entry_kind <> {(int)EntryKind.BankMovement} "
        + "GROUP BY acquirer, settle_date, currency ORDER BY settle_date, acquirer, currency";

    private const string FilesSql =
        "SELECT i.acquirer AS Acquirer, i.covered_date AS Date, COALESCE(t.currency, '') AS Currency, "
        + "CAST(COALESCE(SUM(t.amount_minor), 0) AS BIGINT) AS GrossMinor FROM imported_file i "
        + "LEFT JOIN imported_total t ON t.import_id = i.id "
        + "WHERE i.kind = @kind AND i.covered_date >= @from AND i.covered_date <= @to "
        + "GROUP BY i.acquirer, i.covered_date, COALESCE(t.currency, '')";

    // A receipt that differs from what it was taken for is an exception; the money is there all the same, unless it was
    // found to be for another date.
    private const string BankSql =
        "SELECT a.reference AS Reference, a.import_id AS ImportId, a.position_no AS PositionNo, "
        + "l.amount_minor AS AmountMinor FROM bank_accounted a JOIN bank_line l ON l.import_id = a.import_id "
        + "AND l.position_no = a.position_no WHERE l.amount_minor <> 0 AND l.booked_date >= @from "
        + "AND a.reference LIKE '%|%|%' UNION ALL SELECT subject, -id, 0, theirs_minor FROM reconciliation_exception "
        + "WHERE outcome = @differs AND subject LIKE '%|%|%' AND business_date >= @from AND resolved_by <> @machine";

    /// <summary>Every acquirer and currency of the closed settlement dates from one to another, in order.</summary>
    /// <exception cref="DbException">The store is away.</exception>
    public IReadOnlyList<ThreeWay> Read(DateOnly from, DateOnly to)
    {
        using var connection = database.OpenConnection();
        var span = new
        {
            from = BusinessDay.Text(from),
            to = BusinessDay.Text(to),
            kind = (int)FileKind.Acquirer,
        };
        var books = connection.Query<Row>(BooksSql, span).AsList();
        var files = connection.Query<Row>(FilesSql, span).ToDictionary(static row => row.Reference);
        var filed = files.Values.Select(static row => (row.Acquirer, row.Date)).ToHashSet();
        var bank = Bank(connection, span.from, span.to);
        return
        [
            .. books.Select(row => new ThreeWay(
                row.Acquirer, BusinessDay.Parse(row.Date), row.Currency, row.NetMinor,
                filed.Contains((row.Acquirer, row.Date))
                    ? (files.GetValueOrDefault(row.Reference)?.GrossMinor ?? 0) - (row.GrossMinor - row.NetMinor)
                    : null,
                bank.TryGetValue(row.Reference, out var came) ? came : null)),
        ];
    }

    // One receipt for several dates: each as in the books, and on the last what is more or less. Of the receipts that
    // name a date that is asked for the others are read too: the parts are the same whatever is asked for.
    private static Dictionary<string, long> Bank(DbConnection connection, string from, string to)
    {
        var receipts = connection.Query<BankRow>(
            BankSql, new { from, differs = (int)MatchOutcome.AmountDiffers, machine = ReconciliationTables.Machine })
            .GroupBy(static row => (row.ImportId, row.PositionNo))
            .Where(receipt => receipt.Any(row => string.CompareOrdinal(from, row.Date) <= 0
                && string.CompareOrdinal(row.Date, to) <= 0))
            .ToList();
        var dates = receipts.SelectMany(static receipt => receipt, static (_, row) => row.Date).ToList();
        if (dates.Count == 0) return [];
        var books = connection.Query<Row>(BooksSql, new { from = dates.Min(), to = dates.Max() })
            .ToDictionary(static row => row.Reference, static row => row.NetMinor);
        var bank = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var receipt in receipts) Share(receipt, books, bank);
        return bank;
    }

    private static void Share(
        IEnumerable<BankRow> receipt, Dictionary<string, long> books, Dictionary<string, long> bank)
    {
        var rows = receipt.OrderBy(static row => row.Reference, StringComparer.Ordinal).ToList();
        var left = rows[0].AmountMinor;
        for (var i = 0; i < rows.Count; i++)
        {
            var reference = rows[i].Reference;
            var part = i == rows.Count - 1 ? left : books.GetValueOrDefault(reference);
            bank[reference] = bank.GetValueOrDefault(reference) + part;
            left -= part;
        }
    }

    private sealed class Row
    {
        public string Acquirer { get; set; } = "";

        public string Date { get; set; } = "";

        public string Currency { get; set; } = "";

        public long NetMinor { get; set; }

        public long GrossMinor { get; set; }

        public string Reference => $"{Acquirer}|{Currency}|{Date}";
    }

    private sealed class BankRow
    {
        public string Reference { get; set; } = "";

        public long ImportId { get; set; }

        public long PositionNo { get; set; }

        public long AmountMinor { get; set; }

        public string Date => Reference[(Reference.LastIndexOf('|') + 1)..];
    }
}
