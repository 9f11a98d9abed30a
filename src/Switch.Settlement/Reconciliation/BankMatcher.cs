using Switch.Settlement.Files;

namespace Switch.Settlement.Reconciliation;

/// <summary>A payout that the bank was told to pay.</summary>
/// <param name="Id">The payout's id, which is its EndToEndId.</param>
/// <param name="MerchantId">Whose.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="AmountMinor">Minor units, positive.</param>
/// <param name="ValueDate">When it should have been paid.</param>
/// <param name="BatchId">PmtInfId of the batch that it was ordered in.</param>
internal sealed record ExpectedPayout(
    string Id, string MerchantId, string Currency, long AmountMinor, DateOnly ValueDate, string BatchId);

/// <summary>What an acquirer owes of one settlement date; negative when it is owed.</summary>
/// <param name="Acquirer">Who.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="SettleDate">Of which date.</param>
/// <param name="AmountMinor">Minor units.</param>
/// <param name="IsAnswered">Whether money that differs was taken for it, and nothing else has explained that.</param>
internal sealed record ExpectedReceipt(
    string Acquirer, string Currency, DateOnly SettleDate, long AmountMinor, bool IsAnswered = false)
{
    /// <summary>What exceptions and receipts name it by.</summary>
    public string Subject => $"{Acquirer}|{Currency}|{CsvOutput.Text(SettleDate)}";
}

/// <summary>What the books expect on the bank account.</summary>
/// <param name="Payouts">Ordered and not yet seen.</param>
/// <param name="SeenPayouts">Those that an earlier statement showed, as far as this one may name them.</param>
/// <param name="ReturnedPayouts">Ids of seen ones that have come back.</param>
/// <param name="Receipts">Owed and not yet received.</param>
internal sealed record BankExpectation(
    IReadOnlyList<ExpectedPayout> Payouts, IReadOnlyList<ExpectedPayout> SeenPayouts,
    IReadOnlySet<string> ReturnedPayouts, IReadOnlyList<ExpectedReceipt> Receipts);

/// <summary>One finding of a bank statement.</summary>
/// <param name="Outcome">What it is.</param>
/// <param name="Position">Which of the statement's lines, from 0; -1 when it is missing there.</param>
/// <param name="Line">That line, or null.</param>
/// <param name="Acquirer">Whose money it is, or empty.</param>
/// <param name="Payouts">The payouts that it pays, or should have.</param>
/// <param name="Receipts">The debts that it settles, or should have.</param>
internal sealed record BankFinding(
    MatchOutcome Outcome, int Position, BankLine? Line, string Acquirer = "",
    IReadOnlyList<ExpectedPayout>? Payouts = null, IReadOnlyList<ExpectedReceipt>? Receipts = null)
{
    /// <summary>Whether an earlier statement had the same movement: it is counted, and no more.</summary>
    public bool IsShownAgain { get; init; }

    /// <summary>Whether a person has to look at it.</summary>
    public bool IsException => Outcome >= MatchOutcome.MissingOnOurs && !IsShownAgain;

    /// <summary>What our side of it is named by; empty when we have none.</summary>
    public string Subject =>
        Payouts is [var payout, ..] ? payout.Id : Receipts is [var receipt, ..] ? receipt.Subject : "";

    /// <summary>What we expected, minor units with the sign of the account.</summary>
    public long OursMinor =>
        (Receipts?.Sum(static r => r.AmountMinor) ?? 0)
        + ((Line is { AmountMinor: > 0 } ? 1 : -1) * (Payouts?.Sum(static p => p.AmountMinor) ?? 0));
}

/// <summary>
/// Compares a bank statement with payouts and with what acquirers owe. Pure and deterministic. A payout is known by its
/// EndToEndId, by its id in the text, or by the batch that the bank booked as one. Money of an acquirer is known by a
/// text.
/// </summary>
internal sealed class BankMatcher
{
    private readonly MatchTerms _terms;
    private readonly IReadOnlyList<ReceiptRule> _rules;
    private readonly Dictionary<string, ExpectedPayout> _payouts;
    private readonly Dictionary<string, ExpectedPayout> _seen;
    private readonly HashSet<string> _returned;
    private readonly ILookup<string, ExpectedPayout> _batches;
    private readonly ReceiptMatcher _receipts;

    public BankMatcher(BankExpectation expected, IReadOnlyList<ReceiptRule> rules, MatchTerms terms)
    {
        _terms = terms;
        _rules = rules;
        _payouts = expected.Payouts.ToDictionary(static p => p.Id, StringComparer.Ordinal);
        _seen = expected.SeenPayouts.ToDictionary(static p => p.Id, StringComparer.Ordinal);
        _returned = [.. expected.ReturnedPayouts];
        _batches = expected.Payouts.ToLookup(static p => p.BatchId, StringComparer.Ordinal);
        _receipts = new ReceiptMatcher(expected.Receipts, terms);
    }

    /// <summary>Compares the lines; used once.</summary>
    /// <param name="lines">The statement, after what earlier ones had and nothing has explained.</param>
    /// <param name="known">Of each line whether an earlier statement had it.</param>
    /// <param name="takenFor">
    /// Of each line the debt that an earlier import took it for although its sum differs, or empty; null when there are
    /// none.
    /// </param>
    public IReadOnlyList<BankFinding> Match(
        IReadOnlyList<BankLine> lines, IReadOnlyList<bool> known, IReadOnlyList<string>? takenFor = null)
    {
        var findings = new BankFinding?[lines.Count];
        // What went out comes first: a payout may come back in the statement that shows it.
        foreach (var isCredit in (ReadOnlySpan<bool>)[false, true])
        {
            for (var i = 0; i < lines.Count; i++)
            {
                if (lines[i].AmountMinor >= 0 != isCredit) continue;
                findings[i] = known[i]
                    ? new BankFinding(MatchOutcome.Duplicate, i, lines[i]) { IsShownAgain = true }
                    : isCredit ? OfReturn(i, lines[i])
                    : OfPayout(i, lines[i]);
            }
        }

        var receipts = new List<ReceiptLine>();
        for (var i = 0; i < lines.Count; i++)
        {
            if (findings[i] is null && AcquirerOf(lines[i]) is { } acquirer)
                receipts.Add(new ReceiptLine(i, lines[i], acquirer, takenFor?[i] ?? ""));
        }

        foreach (var finding in _receipts.Match(receipts)) findings[finding.Position] = finding;
        return
        [
            .. findings.Select((f, i) => f ?? new BankFinding(MatchOutcome.MissingOnOurs, i, lines[i])),
            .. lines.Count == 0 ? [] : Overdue(lines.Max(static line => line.BookingDate)),
        ];
    }

    /// <summary>What a line may name a payout by.</summary>
    public static IEnumerable<string> Ids(BankLine line) => line.EndToEndId.Length > 0
        ? line.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Prepend(line.EndToEndId)
        : line.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private IEnumerable<BankFinding> Overdue(DateOnly last)
    {
        var overdue = last.AddDays(-_terms.TimingDays);
        return _payouts.Values
            .Where(p => p.ValueDate < overdue)
            .OrderBy(static p => p.Id, StringComparer.Ordinal)
            .Select(static p => new BankFinding(MatchOutcome.MissingOnTheirs, -1, null, "", [p]))
            .Concat(_receipts.Owed
                .Where(r => r.SettleDate < overdue)
                .Select(static r => new BankFinding(MatchOutcome.MissingOnTheirs, -1, null, r.Acquirer, null, [r])));
    }

    private BankFinding? OfPayout(int position, BankLine line)
    {
        var ids = Ids(line).ToList();
        if (ids.Find(_payouts.ContainsKey) is { } id) return Paid(position, line, [_payouts[id]]);
        if (ids.Exists(_seen.ContainsKey)) return new BankFinding(MatchOutcome.Duplicate, position, line);
        var batch = line.BatchId.Length == 0
            ? []
            : _batches[line.BatchId].Where(p => _payouts.ContainsKey(p.Id)).ToList();
        return batch.Count == 0 ? null : Paid(position, line, batch);
    }

    private BankFinding Paid(int position, BankLine line, List<ExpectedPayout> payouts)
    {
        var outcome = Compared(line, payouts[0].Currency, -payouts.Sum(static p => p.AmountMinor));
        if (outcome != MatchOutcome.Matched) return new BankFinding(outcome, position, line, "", payouts);
        foreach (var payout in payouts)
        {
            _payouts.Remove(payout.Id);
            _seen[payout.Id] = payout;
        }

        return new BankFinding(outcome, position, line, "", payouts);
    }

    // Whatever else the text says: what bears a payout's id is no money of an acquirer.
    private BankFinding? OfReturn(int position, BankLine line)
    {
        var ids = Ids(line).ToList();
        if (ids.Find(_seen.ContainsKey) is not { } id)
        {
            return ids.Exists(_payouts.ContainsKey)
                ? new BankFinding(MatchOutcome.MissingOnOurs, position, line)
                : null;
        }

        if (_returned.Contains(id)) return new BankFinding(MatchOutcome.Duplicate, position, line);
        var payout = _seen[id];
        var outcome = Compared(line, payout.Currency, payout.AmountMinor);
        if (outcome == MatchOutcome.Matched && _returned.Add(id)) outcome = MatchOutcome.Returned;
        return new BankFinding(outcome, position, line, "", [payout]);
    }

    private static MatchOutcome Compared(BankLine line, string currency, long minor) =>
        currency != line.Currency ? MatchOutcome.CurrencyDiffers
        : minor != line.AmountMinor ? MatchOutcome.AmountDiffers
        : MatchOutcome.Matched;

    private string? AcquirerOf(BankLine line) => _rules
        .FirstOrDefault(r => line.Text.Contains(r.Contains, StringComparison.OrdinalIgnoreCase))?.Acquirer;
}
