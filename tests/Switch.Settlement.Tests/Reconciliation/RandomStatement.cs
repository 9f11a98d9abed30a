using System.Globalization;
using Switch.Settlement.Reconciliation;

namespace Switch.Settlement.Tests.Reconciliation;

/// <summary>What a statement does with a payout or a debt.</summary>
internal enum BankFate
{
    Honest, Missing, AmountOff, CurrencyOff, Repeated, Returned, Late, WithinTolerance, Joined, Known, Stranger,
}

/// <summary>A bank statement at random of what the books expect, and what a comparison has to find in it.</summary>
internal sealed class RandomStatement
{
    public const int TimingDays = 7;

    private readonly Random _random;
    private readonly DateOnly _last;
    private readonly int _toleratedMinor;
    private readonly List<(BankLine Line, bool IsKnown)> _lines = [];

    /// <param name="seed">Of everything that is random.</param>
    /// <param name="payouts">What the bank was told to pay.</param>
    /// <param name="receipts">What acquirers owe.</param>
    /// <param name="last">The last booking date of the statement.</param>
    /// <param name="toleratedMinor">By how much a receipt may be off and still fit.</param>
    public RandomStatement(
        int seed, IEnumerable<ExpectedPayout> payouts, IEnumerable<ExpectedReceipt> receipts, DateOnly last,
        int toleratedMinor)
    {
        (_random, _last, _toleratedMinor) = (new Random(seed), last, toleratedMinor);
        foreach (var payout in payouts) Pay(payout);
        foreach (var of in receipts.GroupBy(static r => (r.Acquirer, r.Currency)))
            Receive([.. of.OrderBy(static r => r.SettleDate)]);
        // The last of them says up to when the statement reaches.
        for (var i = _random.Next(3); i >= 0; i--)
        {
            Add(BankFate.Stranger, MatchOutcome.MissingOnOurs, "", 1_234, "EUR", i == 0 ? _last : _last.AddDays(-i),
                "a stranger");
        }

        var lines = _lines.ToArray();
        _random.Shuffle(lines);
        Lines = [.. lines.Select(static l => l.Line)];
        Known = [.. lines.Select(static l => l.IsKnown)];
    }

    public IReadOnlyList<BankLine> Lines { get; }

    /// <summary>Of each line whether an earlier statement is to have had it.</summary>
    public IReadOnlyList<bool> Known { get; }

    public HashSet<BankFate> Fates { get; } = [];

    /// <summary>The bank's reference (empty when it has no line) and our side of every finding.</summary>
    public List<(MatchOutcome Outcome, string Reference, string Subject)> Expected { get; } = [];

    /// <summary>The name of an acquirer on the statement.</summary>
    public static string TextOf(string acquirer) => acquirer == "alpha" ? "Alpha Acquiring 77" : "beta merchant";

    private bool IsOverdue(DateOnly date) => date < _last.AddDays(-TimingDays);

    private static string Other(string currency) => currency == "EUR" ? "USD" : "EUR";

    private T One<T>(params ReadOnlySpan<T> of) => of[_random.Next(of.Length)];

    private void Pay(ExpectedPayout payout)
    {
        var (id, currency, minor) = (payout.Id, payout.Currency, -payout.AmountMinor);
        var date = payout.ValueDate.AddDays(_random.Next(4));
        var fate = One(BankFate.Honest, BankFate.Honest, BankFate.Missing, BankFate.AmountOff, BankFate.CurrencyOff,
            BankFate.Repeated, BankFate.Returned);
        switch (fate)
        {
            case BankFate.Missing:
                Miss(id, payout.ValueDate);
                return;
            case BankFate.AmountOff:
                Add(fate, MatchOutcome.AmountDiffers, id, minor + One(-1, 1), currency, date, "", id);
                return;
            case BankFate.CurrencyOff:
                Add(fate, MatchOutcome.CurrencyDiffers, id, minor, Other(currency), date, "", id);
                return;
            default:
                Add(fate, MatchOutcome.Matched, id, minor, currency, date, "", id);
                if (fate == BankFate.Repeated)
                    Again(_lines[^1].Line, MatchOutcome.Duplicate, "");
                if (fate == BankFate.Returned)
                    Again(_lines[^1].Line with { AmountMinor = -minor }, MatchOutcome.Returned, id);
                return;
        }
    }

    private void Receive(List<ExpectedReceipt> debts)
    {
        for (var i = 0; i < debts.Count;)
        {
            var count = Math.Min(_random.Next(1, 4), debts.Count - i);
            var run = debts.GetRange(i, count);
            i += One(BankFate.Honest, BankFate.Joined) == BankFate.Joined && Join(run) ? count : One(run[0]);
        }
    }

    private bool Join(List<ExpectedReceipt> run)
    {
        var spare = run[0].SettleDate.AddDays(TimingDays).DayNumber - run[^1].SettleDate.DayNumber;
        if (run.Count < 2 || spare < 0) return false;
        Add(BankFate.Joined, MatchOutcome.Matched, run[0].Subject, run.Sum(static r => r.AmountMinor), run[0].Currency,
            run[^1].SettleDate.AddDays(_random.Next(spare + 1)), TextOf(run[0].Acquirer));
        return true;
    }

    private int One(ExpectedReceipt debt)
    {
        var (minor, currency, text) = (debt.AmountMinor, debt.Currency, TextOf(debt.Acquirer));
        var soon = debt.SettleDate.AddDays(_random.Next(TimingDays + 1));
        // Not before the days of a test are closed: till then no sum that differs can be for this debt.
        var later = debt.SettleDate.AddDays(_random.Next(3, TimingDays + 1));
        var late = debt.SettleDate.AddDays(_random.Next(TimingDays + 1, 20));
        var fate = One(BankFate.Honest, BankFate.Missing, BankFate.AmountOff, BankFate.CurrencyOff, BankFate.Late,
            BankFate.WithinTolerance, BankFate.Known);
        if (fate == BankFate.Late && late > _last) fate = BankFate.Honest;
        switch (fate)
        {
            case BankFate.Missing:
                Miss(debt.Subject, debt.SettleDate);
                return 1;
            case BankFate.AmountOff:
                var off = _random.Next(10, 50) * One(-1, 1);
                Add(fate, MatchOutcome.AmountDiffers, debt.Subject, minor + off, currency, later, text);
                return 1;
            case BankFate.CurrencyOff:
                Add(fate, MatchOutcome.CurrencyDiffers, debt.Subject, minor, Other(currency), later, text);
                return 1;
            case BankFate.Late:
                Add(fate, MatchOutcome.Timing, debt.Subject, minor, currency, late, text);
                return 1;
            case BankFate.WithinTolerance:
                var near = _random.Next(-_toleratedMinor, _toleratedMinor + 1);
                Add(fate, MatchOutcome.Matched, debt.Subject, minor + near, currency, soon, text);
                return 1;
            default:
                Add(fate, MatchOutcome.Matched, debt.Subject, minor, currency, soon, text);
                if (fate == BankFate.Known) Again(_lines[^1].Line, MatchOutcome.Duplicate, "", isKnown: true);
                return 1;
        }
    }

    private void Miss(string subject, DateOnly date)
    {
        Fates.Add(BankFate.Missing);
        if (IsOverdue(date)) Expected.Add((MatchOutcome.MissingOnTheirs, "", subject));
    }

    private void Add(
        BankFate fate, MatchOutcome outcome, string subject, long minor, string currency, DateOnly date, string text,
        string endToEnd = "")
    {
        Fates.Add(fate);
        var number = _lines.Count + 1;
        var reference = string.Create(CultureInfo.InvariantCulture, $"R{number}");
        _lines.Add((new BankLine(number, reference, endToEnd, "", currency, minor, date, text), false));
        Expected.Add((outcome, reference, subject));
    }

    // Under the same reference: which of the two comes first decides nothing.
    private void Again(BankLine line, MatchOutcome outcome, string subject, bool isKnown = false)
    {
        _lines.Add((line, isKnown));
        Expected.Add((outcome, line.Reference, subject));
    }
}
