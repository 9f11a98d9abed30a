using Switch.Settlement.Files;
using YamlDotNet.RepresentationModel;

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
    private const int Million = 1_000_000;

    /// <summary>Nothing is mapped: only camt.053 can be read.</summary>
    public static ReconciliationTerms None { get; } = new();

    /// <summary>By name of the acquirer.</summary>
    public IReadOnlyDictionary<string, AcquirerFileMapping> Acquirers { get; init; } =
        new Dictionary<string, AcquirerFileMapping>();

    /// <summary>How the bank's CSV is read; null when the bank sends camt.053.</summary>
    public BankCsvMapping? BankCsv { get; init; }

    /// <summary>How the bank's receipts are known, in order: the first that fits.</summary>
    public IReadOnlyList<ReceiptRule> Receipts { get; init; } = [];

    /// <summary>What is tolerated between an acquirer's receipt and what it owes.</summary>
    public MatchTerms BankMatch { get; init; } = new() { TimingDays = 7 };

    /// <summary>Reads the section.</summary>
    /// <param name="node">The section.</param>
    /// <param name="file">Name of the file, for the faults.</param>
    /// <param name="faults">What is wrong is added here, all at once, with file and line.</param>
    public static ReconciliationTerms Read(YamlMappingNode node, string file, List<string> faults)
    {
        var section = new MappingSection(node, file, "reconciliation", faults);
        var acquirers = new Dictionary<string, AcquirerFileMapping>(StringComparer.Ordinal);
        if (section.Section("acquirers") is { } named)
        {
            foreach (var name in named.Keys)
            {
                if (named.Section(name) is { } acquirer) acquirers[name] = MappingReader.Acquirer(acquirer);
            }
        }

        var bank = section.Section("bank");
        var terms = new ReconciliationTerms
        {
            Acquirers = acquirers,
            BankCsv = bank?.Section("csv") is { } csv ? MappingReader.Bank(csv) : null,
            Receipts = [.. bank?.Sections("receipts").Select(Receipt) ?? []],
            BankMatch = bank is null ? new MatchTerms { TimingDays = 7 } : Match(bank, timingDays: 7),
        };
        bank?.EndKeys();
        section.EndKeys();
        return terms;
    }

    /// <summary>Reads what is tolerated.</summary>
    internal static MatchTerms Match(MappingSection section, int timingDays)
    {
        var tolerances = new Dictionary<string, Tolerance>(StringComparer.Ordinal);
        if (section.Section("tolerance") is { } named)
        {
            foreach (var code in named.Keys)
            {
                if (!Currency.TryFind(code, out var currency) || currency.Code != code)
                    named.Fault(code, "is no currency of ISO 4217");
                if (named.Section(code) is not { } one) continue;
                tolerances[code] = new Tolerance(
                    one.Number("minor", 0, 0, ImportLimits.AmountMinorMax), (int)one.Number("ppm", 0, 0, Million));
                one.EndKeys();
            }
        }

        return new MatchTerms
        {
            TimingDays = (int)section.Number("timing_days", timingDays, 0, DaysMax),
            Tolerances = tolerances,
        };
    }

    private static ReceiptRule Receipt(MappingSection section)
    {
        var rule = new ReceiptRule(section.RequiredText("acquirer"), section.RequiredText("contains"));
        section.EndKeys();
        return rule;
    }
}
