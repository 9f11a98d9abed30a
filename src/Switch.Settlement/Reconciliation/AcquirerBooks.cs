using System.Data.Common;
using Dapper;
using Switch.Contracts.V1;
using Switch.Settlement.Books;
using Switch.Settlement.Days;
using Switch.Settlement.Files;

namespace Switch.Settlement.Reconciliation;

/// <summary>
/// What the books hold of an acquirer around the date of a file. Read before the transaction begins, so that no batch
/// waits for it; rows are taken one by one and only what is compared is kept.
/// </summary>
internal sealed class AcquirerBooks
{
    private const string Since = "e.acquirer = @acquirer AND e.settle_date >= @from AND e.business_date >= @from";
    private const string Until = "e.business_date <= @to";

    // What was netted is in no file yet.
    private static readonly string Accounted = Has($"<> {(int)MatchOutcome.Netted}");

    private static readonly string SettledSql =
        $"{ClosedDaySql.Movements}{Since} AND {Until} AND {Accounted}{ClosedDaySql.MovementsInOrder}";

    // What was netted is taken however late it is: a file that comes after that of a later date may have a half of it.
    private static readonly string OpenSql =
        "SELECT m.*, CAST(CASE WHEN EXISTS (SELECT 1 FROM accounted_line n WHERE n.transaction_id = m.TransactionId "
        + $"AND n.outcome = {(int)MatchOutcome.Netted} "
        + "AND n.direction = CASE WHEN m.GrossMinor < 0 THEN -1 ELSE 1 END) THEN 1 ELSE 0 END AS BIGINT) AS IsNetted "
        + $"FROM ({ClosedDaySql.Movements}{Since} AND ({Until} OR {Has($"= {(int)MatchOutcome.Netted}")}) "
        + $"AND NOT {Accounted}{ClosedDaySql.MovementsInOrder}) m ORDER BY m.AcceptedMs, m.TransactionId, m.Kind";

    private const string Unknown =
        "SELECT id AS Id, rrn AS Rrn, approval_code AS ApprovalCode, card_last_four AS CardLastFour, "
        + "theirs_currency AS TheirsCurrency, theirs_minor AS TheirsMinor, business_date AS BusinessDate "
        + "FROM reconciliation_exception WHERE acquirer = @acquirer AND outcome = @outcome AND subject = '' "
        + "AND resolved_ms = 0 AND business_date >= @oldest AND business_date <= @to ORDER BY id";

    private const string Raised =
        "SELECT subject AS Subject, direction AS Direction, outcome AS Outcome, resolved_ms AS ResolvedMs "
        + "FROM reconciliation_exception WHERE acquirer = @acquirer AND subject <> '' AND business_date >= @oldest "
        + "AND resolved_by <> @machine";

    private readonly DbConnection _connection;
    private readonly string _acquirer;
    private readonly DateOnly _covered;
    private readonly int _days;
    private readonly List<string> _transactions = [];
    private readonly List<SettledLine> _netted = [];
    private readonly HashSet<(string Subject, long Direction)> _raised = [];
    private readonly HashSet<(string Subject, long Direction)> _missing = [];
    private readonly HashSet<DateOnly> _filed;

    public AcquirerBooks(DbConnection connection, string acquirer, DateOnly covered, int timingDays)
    {
        _connection = connection;
        _acquirer = acquirer;
        _covered = covered;
        _days = timingDays;
        LastImport = ReconciliationTables.LastImport(connection, null, FileKind.Acquirer, acquirer);
        _filed = connection.Query<string>(
            "SELECT DISTINCT covered_date FROM imported_file WHERE kind = @kind AND acquirer = @acquirer "
            + "AND covered_date >= @oldest", new { kind = (int)FileKind.Acquirer, acquirer, oldest = Oldest })
            .Select(BusinessDay.Parse).ToHashSet();
        foreach (var row in connection.Query<RaisedRow>(
            Raised, new { acquirer, oldest = Oldest, machine = ReconciliationTables.Machine }))
        {
            _raised.Add((row.Subject, row.Direction));
            if (row.ResolvedMs == 0 && row.Outcome == (long)MatchOutcome.MissingOnTheirs)
                _missing.Add((row.Subject, row.Direction));
        }
    }

    /// <summary>The acquirer's last file that was imported before all this was read.</summary>
    public long LastImport { get; }

    private string Oldest => BusinessDay.Text(_covered.AddDays(-_days - ImportLimits.LookBackDays));

    private string To => BusinessDay.Text(_covered.AddDays(_days));

    /// <summary>
    /// Whether the acquirer should have listed what is of a date: its file was read, is read now, or is overdue.
    /// </summary>
    public bool IsDue(DateOnly date) => date == _covered || date < _covered.AddDays(-_days) || _filed.Contains(date);

    /// <summary>Our movements that no file has accounted for, also those that were netted.</summary>
    public IReadOnlyList<SettledLine> Open()
    {
        var lines = new List<SettledLine>();
        foreach (var line in _connection.Query<MovementRow, long, SettledLine>(
            OpenSql, Numbered, Window, buffered: false, splitOn: "IsNetted", commandTimeout: 0)) lines.Add(line);
        // Of a netted pair both or none: the other half is too long ago.
        var halves = lines.Where(static l => l.IsNetted).Select(static l => (l.Rrn, l.Currency, l.AmountMinor))
            .ToHashSet();
        lines.RemoveAll(l => l.IsNetted && !halves.Contains((l.Rrn, l.Currency, -l.AmountMinor)));
        _netted.AddRange(lines.Where(static l => l.IsNetted));
        return lines;
    }

    /// <summary>What was netted before and the findings do not net again: a file has its other half.</summary>
    public IEnumerable<SettledLine> NettedNoMore(IReadOnlyList<Finding> findings)
    {
        var still = findings.Where(static f => f is { Outcome: MatchOutcome.Netted, Ours.IsNetted: true })
            .Select(static f => f.Ours!.Id).ToHashSet();
        return _netted.Where(line => !still.Contains(line.Id));
    }

    /// <summary>Our movements that a file has accounted for, as far back as those that none has.</summary>
    public IEnumerable<SettledLine> Settled() => _connection.Query<MovementRow>(
        SettledSql, Window, buffered: false, commandTimeout: 0).Select(static row => Line(row, 0));

    /// <summary>What earlier files had and the books did not know: its events may have come since.</summary>
    public IEnumerable<SettledLine> StillUnknown() => _connection.Query<ExceptionRow>(
        Unknown,
        new { acquirer = _acquirer, oldest = Oldest, to = To, outcome = (int)MatchOutcome.MissingOnOurs })
        .Select(static e => new SettledLine(
            -e.Id, e.Rrn, e.ApprovalCode, e.CardLastFour, e.TheirsCurrency, e.TheirsMinor,
            BusinessDay.Parse(e.BusinessDate)));

    /// <summary>The transaction of a line of ours.</summary>
    public string TransactionOf(SettledLine ours) => _transactions[(int)ours.Id];

    /// <summary>Whether a person was told of a line of ours before.</summary>
    public bool IsRaised(SettledLine ours) => _raised.Contains((TransactionOf(ours), ours.Direction));

    /// <summary>Whether an open exception says that a line of ours is missing.</summary>
    public bool IsMissed(SettledLine ours) => _missing.Contains((TransactionOf(ours), ours.Direction));

    private object Window => new { acquirer = _acquirer, from = Oldest, to = To };

    // The way of the money by the kind, so that what is not asked for is left out before the lines are added up.
    private static string Has(string outcome) =>
        $"EXISTS (SELECT 1 FROM accounted_line a WHERE a.outcome {outcome} "
        + "AND a.transaction_id = p.transaction_id AND a.direction = "
        + $"CASE WHEN e.kind = {(int)EntryKind.Sale} THEN 1 WHEN e.kind = {(int)EntryKind.Refund} THEN -1 "
        + $"WHEN p.kind = {(int)TransactionKind.Refund} THEN 1 ELSE -1 END)";

    private SettledLine Numbered(MovementRow row, long isNetted)
    {
        _transactions.Add(row.TransactionId);
        return Line(row, _transactions.Count - 1) with { IsNetted = isNetted != 0 };
    }

    private static SettledLine Line(MovementRow row, int index) => new(
        index, row.Rrn, row.ApprovalCode, row.CardLastFour, row.Currency, row.GrossMinor,
        BusinessDay.Parse(row.BusinessDate));

    private sealed class RaisedRow
    {
        public string Subject { get; set; } = "";

        public long Direction { get; set; }

        public long Outcome { get; set; }

        public long ResolvedMs { get; set; }
    }
}
