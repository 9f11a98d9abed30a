using System.Data.Common;
using Switch.Settlement.Days;
using Switch.Settlement.Store;
using Switch.Settlement.Terms;

namespace Switch.Settlement.Reconciliation;

/// <summary>
/// Compares a bank statement with the books and books what was seen: an acquirer's money from its receivable, a payout
/// from what was payable. The books are read and compared first; then one transaction, which no batch is beside, keeps
/// it all or nothing.
/// </summary>
internal sealed class BankReconciler(SettlementDatabase database, SettlementTerms terms, BusinessDay day)
{
    /// <summary>Imports and compares a statement: camt.053 when the file is XML, else CSV as the terms say.</summary>
    /// <param name="path">The file.</param>
    /// <param name="progress">Is told how far it is, in words.</param>
    /// <exception cref="DbException">The store is away; nothing was imported.</exception>
    /// <exception cref="IOException">The file cannot be read; nothing was imported.</exception>
    public ReconciliationResult Run(string path, Action<string>? progress = null)
    {
        if (ImportFaults.OfSize(path) is { } tooLarge) return ReconciliationResult.Refused(tooLarge);
        var content = File.ReadAllBytes(path);
        var name = Path.GetFileName(path);
        var isXml = content.AsSpan().TrimStart("\uFEFF"u8).TrimStart(" \t\r\n"u8).StartsWith("<"u8);
        if (!isXml && terms.Reconciliation.BankCsv is null)
            return ReconciliationResult.Refused($"{name}: no XML, and the terms say nothing of a CSV file of the bank");
        var read = isXml
            ? Camt053Reader.Read(name, content, day.Today)
            : BankCsvReader.Read(name, content, terms.Reconciliation.BankCsv!, day.Today, terms.Operator.Iban);
        if (read.File is not { } statement) return ReconciliationResult.Refused(read.Faults);
        progress?.Invoke($"{statement.Lines.Count} movements read, comparing with the books");

        using var connection = database.OpenConnection();
        var digest = ReconciliationTables.Digest(content);
        if (ReconciliationTables.RefusalOf(connection, FileKind.Bank, "", digest, "", name) is { } refusal)
            return ReconciliationResult.Refused(refusal);
        var books = new BankBooks(connection, terms, statement);
        var findings = Compare(books, statement);
        progress?.Invoke($"{findings.Count} findings, keeping them");
        return Keep(new Comparison(statement, books, findings, digest, name));
    }

    private ReconciliationResult Keep(Comparison compared)
    {
        var (statement, books, findings, digest, name) = compared;
        using var transaction = database.Begin(StoreLock.Alone);
        if (BankBooks.StateOf(transaction.Connection, transaction.Transaction) != books.State)
        {
            return ReconciliationResult.Refused(
                $"{name}: another statement was imported or a day closed meanwhile; try this one again");
        }

        using var tables = new ReconciliationTables(database, transaction, day.NowMs);
        tables.Begin();
        var entries = new SettlementEntries(database, transaction);
        var returns = new PayoutReturn(database, transaction, entries, day);
        var writer = new BankWriter(
            tables, entries, returns, Adjustments.OpenDate(transaction, day.Today), statement.Account, name);
        var counts = new SortedDictionary<MatchOutcome, long>();
        foreach (var finding in findings)
        {
            var earlier = finding.Line is not null && finding.Position < books.Unexplained.Count
                ? books.Unexplained[finding.Position]
                : null;
            if (IsStillUnexplained(finding, earlier)) continue;
            if (finding.Line is null && tables.HasException(finding.Subject, 0)) continue;
            counts[finding.Outcome] = counts.GetValueOrDefault(finding.Outcome) + 1;
            writer.Keep(finding with { Position = finding.Position - books.Unexplained.Count }, earlier);
        }

        entries.Write();
        tables.End(FileKind.Bank, "", digest, name, "", statement.Lines.Count);
        transaction.Commit();
        return new ReconciliationResult([], "", statement.Lines.Count, counts, tables.Opened, tables.Settled);
    }

    private static bool IsStillUnexplained(BankFinding finding, UnexplainedLine? earlier) =>
        earlier is not null && finding.Outcome is MatchOutcome.MissingOnOurs or MatchOutcome.Duplicate;

    private IReadOnlyList<BankFinding> Compare(BankBooks books, BankStatement statement)
    {
        if (statement.Lines.Count == 0) return [];
        var earlier = books.Unexplained;
        return new BankMatcher(books.Expected(), terms.Reconciliation.Receipts, terms.Reconciliation.BankMatch).Match(
            [.. earlier.Select(static e => e.Line), .. statement.Lines],
            [.. earlier.Select(static _ => false), .. books.Known()],
            [.. earlier.Select(static e => e.TakenFor), .. statement.Lines.Select(static _ => "")]);
    }

    private sealed record Comparison(
        BankStatement Statement, BankBooks Books, IReadOnlyList<BankFinding> Findings, string Digest, string Name);
}
