using System.Data.Common;
using Switch.Settlement.Days;
using Switch.Settlement.Files;
using Switch.Settlement.Store;
using Switch.Settlement.Terms;

namespace Switch.Settlement.Reconciliation;

/// <summary>
/// Compares an acquirer's file with the books, in one transaction: the file, what it accounts for and what it leaves
/// open are kept together or not at all.
/// </summary>
internal sealed class AcquirerReconciler(SettlementDatabase database, SettlementTerms terms, BusinessDay day)
{
    private const string Account =
        "INSERT INTO accounted_line (transaction_id, direction, import_id, line_no, outcome, difference_minor) "
        + "VALUES (@TransactionId, @Direction, @ImportId, @LineNo, @Outcome, @Difference)";

    private const string Around =
        "e.acquirer = @acquirer AND e.business_date >= @from AND e.business_date <= @to AND e.settle_date >= @from";

    private const string Unknown =
        "SELECT id AS Id, rrn AS Rrn, approval_code AS ApprovalCode, card_last_four AS CardLastFour, "
        + "theirs_currency AS TheirsCurrency, theirs_minor AS TheirsMinor, business_date AS BusinessDate "
        + "FROM reconciliation_exception WHERE acquirer = @acquirer AND outcome = @outcome AND subject = '' "
        + "AND resolved_ms = 0 AND business_date >= @from AND business_date <= @to ORDER BY id";

    /// <summary>Imports and compares a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="acquirer">Whose it is; the terms say how it is read.</param>
    /// <param name="date">The business date that it covers; null when its header says so.</param>
    /// <exception cref="DbException">The store is away; nothing was imported.</exception>
    /// <exception cref="IOException">The file cannot be read; nothing was imported.</exception>
    public ReconciliationResult Run(string path, string acquirer, DateOnly? date = null)
    {
        if (!terms.Reconciliation.Files.TryGetValue(acquirer, out var mapping))
            return ReconciliationResult.Refused($"the terms say nothing of a file of acquirer '{acquirer}'");
        if (ImportFaults.OfSize(path) is { } tooLarge) return ReconciliationResult.Refused(tooLarge);
        var content = File.ReadAllBytes(path);
        var name = Path.GetFileName(path);
        var read = AcquirerFileReader.Read(name, content, mapping, date, day.Today);
        if (read.File is not { } file) return ReconciliationResult.Refused(read.Faults);

        using var transaction = database.Begin(StoreLock.Shared);
        var tables = new ReconciliationTables(database, transaction, day.NowMs);
        var digest = ReconciliationTables.Digest(content);
        if (tables.RefusalOf(FileKind.Acquirer, acquirer, digest, name) is { } refusal)
            return ReconciliationResult.Refused(refusal);
        tables.Begin();
        var counts = Compare(tables, file, mapping.Match, acquirer, name);
        var covered = BusinessDay.Text(file.BusinessDate);
        tables.End(FileKind.Acquirer, acquirer, digest, name, covered, file.Lines.Count);
        transaction.Commit();
        return new ReconciliationResult([], covered, file.Lines.Count, counts, tables.Opened, tables.Settled);
    }

    private static SortedDictionary<MatchOutcome, long> Compare(
        ReconciliationTables tables, AcquirerImport file, MatchTerms match, string acquirer, string name)
    {
        var from = BusinessDay.Text(file.BusinessDate.AddDays(-match.TimingDays));
        var to = BusinessDay.Text(file.BusinessDate.AddDays(match.TimingDays));
        var rows = tables.Query<MovementRow>(
            ClosedDaySql.Movements + Around + ClosedDaySql.MovementsInOrder, new { acquirer, from, to });
        var accounted = tables.Query<AccountedRow>(
            "SELECT a.transaction_id AS TransactionId, a.direction AS Direction FROM accounted_line a "
            + "JOIN payment p ON p.transaction_id = a.transaction_id "
            + "WHERE p.acquirer = @acquirer AND p.business_date >= @from AND p.business_date <= @to",
            new { acquirer, from, to }).Select(static row => (row.TransactionId, (int)row.Direction)).ToHashSet();
        var lines = rows.Select(static (row, i) => Line(row, i)).ToList();
        var ours = lines.FindAll(line => !accounted.Contains((rows[(int)line.Id].TransactionId, line.Direction)));
        var settled = lines.FindAll(line => accounted.Contains((rows[(int)line.Id].TransactionId, line.Direction)));

        // What an earlier file had and the books did not know: its events may have come since.
        var unknown = tables.Query<ExceptionRow>(
            Unknown, new { acquirer, from, to, outcome = (int)MatchOutcome.MissingOnOurs });
        var theirs = unknown.Select(static e => new SettledLine(
            -e.Id, e.Rrn, e.ApprovalCode, e.CardLastFour, e.TheirsCurrency, e.TheirsMinor,
            BusinessDay.Parse(e.BusinessDate))).Concat(file.Lines).ToList();

        var counts = new SortedDictionary<MatchOutcome, long>();
        foreach (var finding in Matcher.Match(ours, settled, theirs, file.BusinessDate, match))
        {
            if (IsStillUnknown(finding)) continue;
            counts[finding.Outcome] = counts.GetValueOrDefault(finding.Outcome) + 1;
            Keep(tables, finding, finding.Ours is { } line ? rows[(int)line.Id].TransactionId : "", acquirer, name);
        }

        return counts;
    }

    private static bool IsStillUnknown(Finding finding) =>
        finding is { Theirs.Id: < 0, Outcome: MatchOutcome.MissingOnOurs or MatchOutcome.Duplicate };

    private static void Keep(
        ReconciliationTables tables, Finding finding, string transactionId, string acquirer, string name)
    {
        var (ours, theirs) = (finding.Ours, finding.Theirs);
        if (theirs is { Id: < 0 }) tables.Settle(-theirs.Id, $"explained with {name}: {finding.Outcome}");
        if (ours is not null && finding.Outcome != MatchOutcome.MissingOnTheirs)
        {
            tables.Execute(Account, new
            {
                TransactionId = transactionId,
                ours.Direction,
                tables.ImportId,
                LineNo = Math.Max(theirs?.Id ?? 0, 0),
                Outcome = (int)finding.Outcome,
                Difference = finding.DifferenceMinor,
            });
            tables.SettleSubject(transactionId, ours.Direction, name);
        }

        if (!finding.IsException) return;
        var told = ours ?? theirs!;
        if (finding.Outcome == MatchOutcome.MissingOnTheirs
            && tables.HasException(transactionId, told.Direction)) return;
        tables.Open(new ExceptionRow
        {
            LineNo = Math.Max(theirs?.Id ?? 0, 0),
            Outcome = (long)finding.Outcome,
            Acquirer = acquirer,
            Subject = transactionId,
            Direction = told.Direction,
            Rrn = told.Rrn,
            ApprovalCode = told.ApprovalCode,
            CardLastFour = told.CardLastFour,
            BusinessDate = BusinessDay.Text(told.BusinessDate),
            OursCurrency = ours?.Currency ?? "",
            OursMinor = ours?.AmountMinor ?? 0,
            TheirsCurrency = theirs?.Currency ?? "",
            TheirsMinor = theirs?.AmountMinor ?? 0,
        });
    }

    private static SettledLine Line(MovementRow row, int index) => new(
        index, row.Rrn, row.ApprovalCode, row.CardLastFour, row.Currency, row.GrossMinor,
        BusinessDay.Parse(row.BusinessDate));

    private sealed class AccountedRow
    {
        public string TransactionId { get; set; } = "";

        public long Direction { get; set; }
    }
}
