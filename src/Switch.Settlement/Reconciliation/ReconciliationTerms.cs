using System.Globalization;
using Switch.Settlement.Terms;

namespace Switch.Settlement.Reconciliation;

/// <summary>How money of an acquirer is known on the bank statement.</summary>
/// <param name="Acquirer">The acquirer.</param>
/// <param name="Contains">A text that stands in the movement's text, whatever its case.</param>
internal sealed record ReceiptRule(string Acquirer, string Contains);

/// <summary>
/// The section <c>reconciliation</c> of settlement.yaml: how each acquirer's file and the bank's is read, and what is
/// tolerated. Immutable.
/// </summary>
internal sealed record ReconciliationTerms
{
    private const int DaysMax = 60;
    private const int BankDays = 7;
    private const int FileDays = 3;
    private const int ReceiptsMax = 256;

    /// <summary>Nothing is mapped: only camt.053 can be read.</summary>
    public static ReconciliationTerms None { get; } = new();

    /// <summary>By name of the acquirer.</summary>
    public IReadOnlyDictionary<string, AcquirerFileMapping> Files { get; init; } =
        new Dictionary<string, AcquirerFileMapping>();

    /// <summary>How the bank's CSV is read; null when the bank sends camt.053.</summary>
    public BankCsvMapping? BankCsv { get; init; }

    /// <summary>How the bank's receipts are known, in order: the first that fits.</summary>
    public IReadOnlyList<ReceiptRule> Receipts { get; init; } = [];

    /// <summary>What is tolerated between an acquirer's receipt and what it owes.</summary>
    public MatchTerms BankMatch { get; init; } = new() { TimingDays = BankDays };

    /// <summary>Takes the section of the file, if it is there.</summary>
    /// <param name="root">The file.</param>
    /// <param name="acquirers">Names of the acquirers that the file lists.</param>
    public static ReconciliationTerms Read(TermsSection root, IEnumerable<string> acquirers)
    {
        if (root.Section("reconciliation") is not { } section) return None;
        var names = acquirers.ToHashSet(StringComparer.Ordinal);
        var files = new Dictionary<string, AcquirerFileMapping>(StringComparer.Ordinal);
        foreach (var file in section.Sections("files", TermsLimits.Acquirers))
        {
            var acquirer = Acquirer(file, names);
            var mapping = MappingReader.Acquirer(file, Match(file, FileDays));
            file.Close();
            if (!files.TryAdd(acquirer, mapping)) file.Fault($"the file of '{acquirer}' is mapped twice");
        }

        var bank = section.Section("bank");
        var terms = new ReconciliationTerms
        {
            Files = files,
            BankCsv = bank?.Section("csv") is { } csv ? MappingReader.Bank(csv) : null,
            Receipts = [.. bank?.Sections("receipts", ReceiptsMax).Select(rule => Receipt(rule, names)) ?? []],
            BankMatch = bank is null ? None.BankMatch : Match(bank, BankDays),
        };
        bank?.Close();
        section.Close();
        return terms;
    }

    private static MatchTerms Match(TermsSection section, int days)
    {
        var tolerances = new Dictionary<string, Tolerance>(StringComparer.Ordinal);
        foreach (var one in section.Sections("tolerances", TermsLimits.Currencies))
        {
            var currency = one.Required("currency", TermsText.Currency, TermsText.CurrencyForm, "");
            var minor = one.Value("minor", Minor, "a number of minor units from 0 to 10^15", 0L);
            var ppm = one.Value("percent", TermsText.Percent, TermsText.PercentForm, 0);
            one.Close();
            if (!tolerances.TryAdd(currency, new Tolerance(minor, ppm))) one.Fault($"{currency} is there twice");
        }

        return new MatchTerms
        {
            TimingDays = section.Value(
                "timing_days", TermsText.Days(DaysMax), $"a number of days from 0 to {DaysMax}", days),
            Tolerances = tolerances,
        };
    }

    private static ReceiptRule Receipt(TermsSection section, HashSet<string> names)
    {
        var rule = new ReceiptRule(
            Acquirer(section, names), section.Required("contains", TermsText.Line, TermsText.TextForm, ""));
        section.Close();
        return rule;
    }

    private static string Acquirer(TermsSection section, HashSet<string> names) =>
        section.Required("acquirer", TermsText.OneOf(names), "one of 'acquirers'", "");

    private static bool Minor(string text, out long minor) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out minor)
        && minor <= ImportLimits.AmountMinorMax;
}
