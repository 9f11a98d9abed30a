namespace Switch.Settlement.Reconciliation;

/// <summary>Money of an acquirer on a bank statement.</summary>
/// <param name="Position">Which of the lines that are compared, from 0.</param>
/// <param name="Line">The line.</param>
/// <param name="Acquirer">Whose money it is.</param>
/// <param name="TakenFor">The debt that an earlier import took it for although its sum differs; or empty.</param>
internal sealed record ReceiptLine(int Position, BankLine Line, string Acquirer, string TakenFor);

/// <summary>
/// Finds the debts that the money of acquirers settles. Pure and deterministic. What fits goes first, of all lines, so
/// that no line that differs takes a debt away that another one settles. Used once.
/// </summary>
internal sealed class ReceiptMatcher
{
    private readonly MatchTerms _terms;
    private readonly List<ExpectedReceipt> _owed;
    private readonly List<ExpectedReceipt> _answered;
    private readonly List<BankFinding> _found = [];
    private List<ReceiptLine> _open = [];

    public ReceiptMatcher(IReadOnlyList<ExpectedReceipt> receipts, MatchTerms terms)
    {
        _terms = terms;
        _owed = [.. receipts.Where(static r => !r.IsAnswered).OrderBy(static r => r.SettleDate)];
        _answered = [.. receipts.Where(static r => r.IsAnswered).OrderBy(static r => r.SettleDate)];
    }

    /// <summary>The debts that nothing came for.</summary>
    public IReadOnlyList<ExpectedReceipt> Owed => _owed;

    /// <summary>A finding for every line.</summary>
    public IReadOnlyList<BankFinding> Match(IReadOnlyList<ReceiptLine> lines)
    {
        _open = [.. lines];
        Fitting();
        // What a sum that differs was taken for is owed still, if that sum or another one shows that it was not for it.
        if (Move(_answered, _owed, lines)) Fitting();
        Move(_owed, _answered, _open);
        Remaining(static line => line.TakenFor.Length > 0);
        Try(Again);
        Try(OtherCurrency);
        while (Nearest() is var (line, debt)) Differ(line, debt);
        Remaining(static _ => true);
        return _found;
    }

    private void Fitting()
    {
        Try(Exact);
        Try(Tolerated);
        Try(Late);
    }

    private void Try(Func<ReceiptLine, BankFinding?> rule)
    {
        var left = new List<ReceiptLine>(_open.Count);
        foreach (var line in _open)
        {
            if (rule(line) is { } finding) _found.Add(finding);
            else left.Add(line);
        }

        _open = left;
    }

    private BankFinding? Exact(ReceiptLine line) =>
        Settle(line, MatchOutcome.Matched, Run(Due(line), line.Line.AmountMinor, default));

    private BankFinding? Tolerated(ReceiptLine line) =>
        Settle(line, MatchOutcome.Matched, Run(Due(line), line.Line.AmountMinor, _terms.Of(line.Line.Currency)));

    // Of what is overdue only the exact sum: the longer ago it is, the more sums there are that nearly fit.
    private BankFinding? Late(ReceiptLine line) =>
        Settle(line, MatchOutcome.Timing, Run(Past(_owed, line), line.Line.AmountMinor, default));

    // Money came for it in another sum, and now in the right one: what the other was for, a person has to say.
    private BankFinding? Again(ReceiptLine line)
    {
        var debt = Past(_answered, line).Find(r => r.AmountMinor == line.Line.AmountMinor);
        if (debt is null) return null;
        _answered.Remove(debt);
        return Found(line, IsInTime(debt, line) ? MatchOutcome.Matched : MatchOutcome.Timing, [debt]);
    }

    private BankFinding? OtherCurrency(ReceiptLine line)
    {
        var debt = _owed.Find(r => r.Acquirer == line.Acquirer && r.Currency != line.Line.Currency
            && r.AmountMinor == line.Line.AmountMinor && r.SettleDate <= line.Line.BookingDate && IsInTime(r, line));
        return Settle(line, MatchOutcome.CurrencyDiffers, debt is null ? null : [debt]);
    }

    // The sums say more than the dates: days are paid in any order and together, and are seldom off by much.
    private (ReceiptLine Line, ExpectedReceipt Debt)? Nearest()
    {
        (ReceiptLine, ExpectedReceipt)? nearest = null;
        var least = Int128.MaxValue;
        foreach (var debt in _owed)
        {
            foreach (var line in _open)
            {
                if (!IsOf(debt, line) || !IsInTime(debt, line)
                    || Math.Sign(debt.AmountMinor) != Math.Sign(line.Line.AmountMinor)) continue;
                var off = Int128.Abs((Int128)debt.AmountMinor - line.Line.AmountMinor);
                if (off >= least) continue;
                (nearest, least) = ((line, debt), off);
            }
        }

        return nearest;
    }

    private void Differ(ReceiptLine line, ExpectedReceipt debt)
    {
        _open.Remove(line);
        _owed.Remove(debt);
        _found.Add(Found(line, MatchOutcome.AmountDiffers, [debt]));
    }

    private void Remaining(Predicate<ReceiptLine> which)
    {
        _found.AddRange(_open.FindAll(which).Select(static line => Found(line, MatchOutcome.MissingOnOurs, null)));
        _open.RemoveAll(which);
    }

    private BankFinding? Settle(ReceiptLine line, MatchOutcome outcome, List<ExpectedReceipt>? debts)
    {
        if (debts is null) return null;
        _owed.RemoveAll(debts.Contains);
        return Found(line, outcome, debts);
    }

    private static BankFinding Found(ReceiptLine line, MatchOutcome outcome, List<ExpectedReceipt>? debts) =>
        new(outcome, line.Position, line.Line, line.Acquirer, null, debts);

    // The debts that lines were taken for.
    private static bool Move(
        List<ExpectedReceipt> from, List<ExpectedReceipt> to, IReadOnlyList<ReceiptLine> lines)
    {
        var subjects = lines.Select(static line => line.TakenFor).ToHashSet(StringComparer.Ordinal);
        var moved = from.FindAll(r => subjects.Contains(r.Subject));
        if (moved.Count == 0) return false;
        from.RemoveAll(moved.Contains);
        to.AddRange(moved);
        to.Sort(static (a, b) => a.SettleDate.CompareTo(b.SettleDate));
        return true;
    }

    private static bool IsOf(ExpectedReceipt debt, ReceiptLine line) => debt.Acquirer == line.Acquirer
        && debt.Currency == line.Line.Currency && debt.SettleDate <= line.Line.BookingDate;

    private bool IsInTime(ExpectedReceipt debt, ReceiptLine line) =>
        debt.SettleDate.AddDays(_terms.TimingDays) >= line.Line.BookingDate;

    private List<ExpectedReceipt> Due(ReceiptLine line) => _owed.FindAll(r => IsOf(r, line) && IsInTime(r, line));

    private static List<ExpectedReceipt> Past(List<ExpectedReceipt> debts, ReceiptLine line) =>
        debts.FindAll(r => IsOf(r, line));

    // Of one date rather than of several in a row, the oldest first.
    private static List<ExpectedReceipt>? Run(List<ExpectedReceipt> due, long minor, Tolerance tolerance)
    {
        for (var count = 1; count <= due.Count; count++)
        {
            var sum = due.Take(count).Sum(static r => r.AmountMinor);
            for (var first = 0; first + count <= due.Count; first++)
            {
                if (first > 0) sum += due[first + count - 1].AmountMinor - due[first - 1].AmountMinor;
                if (tolerance.Covers(sum, minor)) return due.GetRange(first, count);
            }
        }

        return null;
    }
}
