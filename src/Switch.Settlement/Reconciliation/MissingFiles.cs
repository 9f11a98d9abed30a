using System.Data.Common;
using Dapper;
using Switch.Settlement.Books;
using Switch.Settlement.Days;
using Switch.Settlement.Store;

namespace Switch.Settlement.Reconciliation;

/// <summary>A closed business date of an acquirer that had movements and whose file was never imported.</summary>
/// <param name="Acquirer">Whose file.</param>
/// <param name="BusinessDate">Of which date.</param>
/// <param name="Movements">How many movements nobody has compared with it.</param>
internal sealed record MissingFile(string Acquirer, DateOnly BusinessDate, long Movements);

/// <summary>Finds files that never came: without them no line says that anything is missing.</summary>
internal sealed class MissingFiles(SettlementDatabase database)
{
    /// <summary>Dates that one call tells, the oldest first.</summary>
    public const int Max = 1_000;

    private static readonly string Of =
        "SELECT b.acquirer AS Acquirer, b.business_date AS BusinessDate, CAST(SUM(b.entries) AS BIGINT) AS Movements "
        + $"FROM balance b WHERE b.account = {(int)Account.MerchantPayable} "
        + $"AND b.entry_kind IN ({(int)EntryKind.Sale}, {(int)EntryKind.Refund}, {(int)EntryKind.Reversal}) "
        + "AND b.business_date <= (SELECT COALESCE(MAX(business_date), '') FROM closed_day) "
        + "AND NOT EXISTS (SELECT 1 FROM imported_file f WHERE f.kind = @kind AND f.acquirer = b.acquirer "
        + "AND f.covered_date = b.business_date) ";

    private const string Oldest =
        " GROUP BY b.acquirer, b.business_date ORDER BY b.business_date, b.acquirer LIMIT @max";

    /// <summary>The dates, of the acquirers whose files the terms map.</summary>
    /// <exception cref="DbException">The store is away.</exception>
    public IReadOnlyList<MissingFile> Read(IEnumerable<string> acquirers)
    {
        var mapped = acquirers.ToList();
        if (mapped.Count == 0) return [];
        var named = new DynamicParameters(new { kind = (int)FileKind.Acquirer, max = Max });
        for (var i = 0; i < mapped.Count; i++) named.Add($"acquirer{i}", mapped[i]);
        var list = string.Join(", ", mapped.Select(static (_, i) => $"@acquirer{i}"));
        using var connection = database.OpenConnection();
        return
        [
            .. connection.Query<Row>($"{Of}AND b.acquirer IN ({list}){Oldest}", named).Select(static row =>
                new MissingFile(row.Acquirer, BusinessDay.Parse(row.BusinessDate), row.Movements)),
        ];
    }

    private sealed class Row
    {
        public string Acquirer { get; set; } = "";

        public string BusinessDate { get; set; } = "";

        public long Movements { get; set; }
    }
}
