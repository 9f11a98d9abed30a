using System.Data.Common;
using Switch.Settlement.Days;
using Switch.Settlement.Store;
using Switch.Settlement.Terms;

namespace Switch.Settlement.Reconciliation;

/// <summary>
/// Compares an acquirer's file with the books. The books are read and compared first; then one transaction keeps the
/// file, what it accounts for and what it leaves open, together or not at all.
/// </summary>
internal sealed class AcquirerReconciler(SettlementDatabase database, SettlementTerms terms, BusinessDay day)
{
    private const int ReportEvery = 50_000;

    /// <summary>Imports and compares a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="acquirer">Whose it is; the terms say how it is read.</param>
    /// <param name="date">The business date that it covers; null when its header says so.</param>
    /// <param name="progress">Is told how far it is, in words.</param>
    /// <exception cref="DbException">The store is away; nothing was imported.</exception>
    /// <exception cref="IOException">The file cannot be read; nothing was imported.</exception>
    public ReconciliationResult Run(
        string path, string acquirer, DateOnly? date = null, Action<string>? progress = null)
    {
        if (!terms.Reconciliation.Files.TryGetValue(acquirer, out var mapping))
            return ReconciliationResult.Refused($"the terms say nothing of a file of acquirer '{acquirer}'");
        if (ImportFaults.OfSize(path) is { } tooLarge) return ReconciliationResult.Refused(tooLarge);
        var content = File.ReadAllBytes(path);
        var name = Path.GetFileName(path);
        var read = AcquirerFileReader.Read(name, content, mapping, date, day.Today);
        if (read.File is not { } file) return ReconciliationResult.Refused(read.Faults);
        progress?.Invoke($"{file.Lines.Count} lines read, comparing with the books");

        using var connection = database.OpenConnection();
        var digest = ReconciliationTables.Digest(content);
        if (ReconciliationTables.RefusalOf(
            connection, FileKind.Acquirer, acquirer, digest, BusinessDay.Text(file.BusinessDate), name) is { } refusal)
            return ReconciliationResult.Refused(refusal);
        var books = new AcquirerBooks(connection, acquirer, file.BusinessDate, mapping.Match.TimingDays);
        var findings = Matcher.Match(
            books.Open(), [.. books.StillUnknown(), .. file.Lines], books.IsDue, books.Settled, mapping.Match);
        return Keep(new Comparison(file, books, findings, acquirer, digest, name), progress);
    }

    private ReconciliationResult Keep(Comparison compared, Action<string>? progress)
    {
        var (file, books, _, acquirer, digest, name) = compared;
        using var transaction = database.Begin(StoreLock.Shared);
        using var tables = new ReconciliationTables(database, transaction, day.NowMs);
        tables.LockImports(acquirer);
        var last = ReconciliationTables.LastImport(
            transaction.Connection, transaction.Transaction, FileKind.Acquirer, acquirer);
        if (last != books.LastImport)
        {
            return ReconciliationResult.Refused(
                $"{name}: another file of {acquirer} was imported meanwhile; try this one again");
        }

        tables.Begin();
        foreach (var line in books.NettedNoMore(compared.Findings))
            tables.Release(books.TransactionOf(line), line.Direction);
        var counts = new SortedDictionary<MatchOutcome, long>();
        var kept = 0;
        foreach (var finding in compared.Findings)
        {
            if (++kept % ReportEvery == 0) progress?.Invoke($"{kept} of {compared.Findings.Count} findings kept");
            if (IsRepeated(finding)) tables.Repeat(-finding.Theirs!.Id);
            if (IsStillUnknown(finding) || IsStillMissing(finding, books) || IsStillNetted(finding)) continue;
            counts[finding.Outcome] = counts.GetValueOrDefault(finding.Outcome) + 1;
            Keep(tables, finding, books, acquirer, name);
        }

        var covered = BusinessDay.Text(file.BusinessDate);
        foreach (var of in file.Lines.GroupBy(static line => line.Currency))
            tables.Total(of.Key, of.Count(), of.Sum(static line => line.AmountMinor));
        tables.End(FileKind.Acquirer, acquirer, digest, name, covered, file.Lines.Count);
        transaction.Commit();
        return new ReconciliationResult([], covered, file.Lines.Count, counts, tables.Opened, tables.Settled);
    }

    private static bool IsStillUnknown(Finding finding) =>
        finding is { Theirs.Id: < 0, Outcome: MatchOutcome.MissingOnOurs or MatchOutcome.Duplicate };

    // What it was missing for has been found with another line.
    private static bool IsRepeated(Finding finding) =>
        finding is { Outcome: MatchOutcome.Duplicate, Theirs: { Id: < 0, IsNumbered: true } };

    private static bool IsStillMissing(Finding finding, AcquirerBooks books) =>
        finding is { Outcome: MatchOutcome.MissingOnTheirs, Ours: { } ours } && books.IsRaised(ours);

    private static bool IsStillNetted(Finding finding) =>
        finding is { Outcome: MatchOutcome.Netted, Ours.IsNetted: true };

    private static void Keep(
        ReconciliationTables tables, Finding finding, AcquirerBooks books, string acquirer, string name)
    {
        var (ours, theirs) = (finding.Ours, finding.Theirs);
        var subject = ours is null ? "" : books.TransactionOf(ours);
        if (theirs is { Id: < 0 }) tables.Settle(-theirs.Id, $"explained with {name}: {finding.Outcome}");
        if (ours is not null && finding.Outcome != MatchOutcome.MissingOnTheirs)
        {
            tables.Account(
                subject, ours.Direction, Math.Max(theirs?.Id ?? 0, 0), finding.Outcome, finding.DifferenceMinor);
            if (books.IsMissed(ours)) tables.SettleSubject(subject, ours.Direction, name);
        }

        if (!finding.IsException) return;
        var told = ours ?? theirs!;
        tables.Open(new ExceptionRow
        {
            ImportId = tables.ImportId,
            LineNo = Math.Max(theirs?.Id ?? 0, 0),
            Outcome = (long)finding.Outcome,
            Acquirer = acquirer,
            Subject = subject,
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

    private sealed record Comparison(
        AcquirerImport File, AcquirerBooks Books, IReadOnlyList<Finding> Findings, string Acquirer, string Digest,
        string Name);
}
