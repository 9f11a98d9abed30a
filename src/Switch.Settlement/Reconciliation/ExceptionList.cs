using System.Data.Common;
using Dapper;
using Switch.Settlement.Days;
using Switch.Settlement.Store;

namespace Switch.Settlement.Reconciliation;

/// <summary>One exception, as a person sees it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="File">The file that showed it.</param>
/// <param name="Line">The line there; 0 when the file lacks it.</param>
/// <param name="Outcome">What is wrong.</param>
/// <param name="Acquirer">Of which acquirer; empty of the bank's own.</param>
/// <param name="Subject">Transaction id, payout id or what an acquirer owed; empty when the books have nothing.</param>
/// <param name="Rrn">DE 37, or the bank's reference.</param>
/// <param name="BusinessDate">YYYY-MM-DD, may be empty.</param>
/// <param name="OursCurrency">Currency in the books; empty when they have nothing.</param>
/// <param name="OursMinor">Amount in the books.</param>
/// <param name="TheirsCurrency">Currency in the file; empty when it has nothing.</param>
/// <param name="TheirsMinor">Amount in the file.</param>
/// <param name="OpenedAt">Since when it is open.</param>
/// <param name="Age">How long it is, or was, open.</param>
/// <param name="ResolvedBy">Who resolved it; empty while it is open.</param>
/// <param name="Note">What that person says.</param>
internal sealed record OpenException(
    long Id, string File, long Line, MatchOutcome Outcome, string Acquirer, string Subject, string Rrn,
    string BusinessDate, string OursCurrency, long OursMinor, string TheirsCurrency, long TheirsMinor,
    DateTimeOffset OpenedAt, TimeSpan Age, string ResolvedBy, string Note);

/// <summary>How many exceptions are open, by age.</summary>
/// <param name="UpToOneDay">Less than a day.</param>
/// <param name="UpToThreeDays">Less than three.</param>
/// <param name="UpToSevenDays">Less than seven.</param>
/// <param name="Older">Seven days and more.</param>
/// <param name="Oldest">How long the oldest has waited; zero when there is none.</param>
internal sealed record ExceptionAges(
    long UpToOneDay, long UpToThreeDays, long UpToSevenDays, long Older, TimeSpan Oldest)
{
    /// <summary>All that are open.</summary>
    public long Open => UpToOneDay + UpToThreeDays + UpToSevenDays + Older;
}

/// <summary>What reconciliation leaves to persons.</summary>
internal sealed class ExceptionList(SettlementDatabase database, BusinessDay day)
{
    /// <summary>Exceptions that one call tells.</summary>
    public const int PageMax = 1_000;

    private const long DayMs = 24 * 60 * 60 * 1000L;

    private const string Columns =
        "SELECT x.id AS Id, f.name AS FileName, x.line_no AS LineNo, x.outcome AS Outcome, x.acquirer AS Acquirer, "
        + "x.subject AS Subject, x.rrn AS Rrn, x.business_date AS BusinessDate, x.ours_currency AS OursCurrency, "
        + "x.ours_minor AS OursMinor, x.theirs_currency AS TheirsCurrency, x.theirs_minor AS TheirsMinor, "
        + "x.opened_ms AS OpenedMs, x.resolved_ms AS ResolvedMs, x.resolved_by AS ResolvedBy, x.note AS Note "
        + "FROM reconciliation_exception x JOIN imported_file f ON f.id = x.import_id ";

    private const string AgesSql =
        "SELECT COALESCE(SUM(CASE WHEN opened_ms > @one THEN 1 ELSE 0 END), 0) AS One, "
        + "COALESCE(SUM(CASE WHEN opened_ms <= @one AND opened_ms > @three THEN 1 ELSE 0 END), 0) AS Three, "
        + "COALESCE(SUM(CASE WHEN opened_ms <= @three AND opened_ms > @seven THEN 1 ELSE 0 END), 0) AS Seven, "
        + "COALESCE(SUM(CASE WHEN opened_ms <= @seven THEN 1 ELSE 0 END), 0) AS Older, "
        + "COALESCE(MIN(opened_ms), @now) AS Oldest FROM reconciliation_exception WHERE resolved_ms = 0";

    /// <summary>Open exceptions, oldest first, at most <see cref="PageMax"/>, those after a number.</summary>
    /// <exception cref="DbException">The store is away.</exception>
    public IReadOnlyList<OpenException> Open(long afterId = 0)
    {
        using var connection = database.OpenConnection();
        return [.. connection.Query<Row>(
            Columns + "WHERE x.resolved_ms = 0 AND x.id > @afterId ORDER BY x.id LIMIT @PageMax",
            new { afterId, PageMax }).Select(row => row.ToException(day.NowMs))];
    }

    /// <summary>One exception, open or resolved; null when there is none with the number.</summary>
    /// <exception cref="DbException">The store is away.</exception>
    public OpenException? Find(long id)
    {
        using var connection = database.OpenConnection();
        return connection.QueryFirstOrDefault<Row>(Columns + "WHERE x.id = @id", new { id })?.ToException(day.NowMs);
    }

    /// <summary>How many are open, by age.</summary>
    /// <exception cref="DbException">The store is away.</exception>
    public ExceptionAges Ages()
    {
        var now = day.NowMs;
        using var connection = database.OpenConnection();
        var row = connection.QuerySingle<AgesRow>(
            AgesSql, new { now, one = now - DayMs, three = now - (3 * DayMs), seven = now - (7 * DayMs) });
        return new ExceptionAges(
            row.One, row.Three, row.Seven, row.Older, TimeSpan.FromMilliseconds(Math.Max(0, now - row.Oldest)));
    }

    /// <summary>Resolves an exception, once.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="by">Who, 1 to 64 characters.</param>
    /// <param name="note">Why it is settled, 1 to 500 characters.</param>
    /// <returns>Why nothing was done, for a person; null when it is resolved now.</returns>
    /// <exception cref="DbException">The store is away; nothing was changed.</exception>
    public string? Resolve(long id, string by, string note)
    {
        if (PersonText.FaultOf(("name", by, 64), ("note", note, 500)) is { } fault) return fault;
        if (by.Trim().Equals(ReconciliationTables.Machine, StringComparison.OrdinalIgnoreCase))
            return $"the name '{by}' is that of the program, which tells by it what it settled itself";
        using var connection = database.OpenConnection();
        var changed = connection.Execute(
            "UPDATE reconciliation_exception SET resolved_ms = @now, resolved_by = @by, note = @note "
            + "WHERE id = @id AND resolved_ms = 0", new { now = day.NowMs, by, note, id });
        if (changed > 0) return null;
        return Find(id) is { } known
            ? $"exception {id} is resolved already, by {known.ResolvedBy}: {known.Note}"
            : $"there is no exception {id}";
    }

    private sealed class AgesRow
    {
        public long One { get; set; }

        public long Three { get; set; }

        public long Seven { get; set; }

        public long Older { get; set; }

        public long Oldest { get; set; }
    }

    private sealed class Row
    {
        public long Id { get; set; }

        public string FileName { get; set; } = "";

        public long LineNo { get; set; }

        public long Outcome { get; set; }

        public string Acquirer { get; set; } = "";

        public string Subject { get; set; } = "";

        public string Rrn { get; set; } = "";

        public string BusinessDate { get; set; } = "";

        public string OursCurrency { get; set; } = "";

        public long OursMinor { get; set; }

        public string TheirsCurrency { get; set; } = "";

        public long TheirsMinor { get; set; }

        public long OpenedMs { get; set; }

        public long ResolvedMs { get; set; }

        public string ResolvedBy { get; set; } = "";

        public string Note { get; set; } = "";

        public OpenException ToException(long nowMs) => new(
            Id, FileName, LineNo, (MatchOutcome)Outcome, Acquirer, Subject, Rrn, BusinessDate, OursCurrency, OursMinor,
            TheirsCurrency, TheirsMinor, DateTimeOffset.FromUnixTimeMilliseconds(OpenedMs),
            TimeSpan.FromMilliseconds((ResolvedMs == 0 ? nowMs : ResolvedMs) - OpenedMs), ResolvedBy, Note);
    }
}
