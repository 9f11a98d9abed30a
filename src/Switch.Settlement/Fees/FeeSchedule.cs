using Switch.Contracts.V1;
using Switch.Settlement.Books;

namespace Switch.Settlement.Fees;

/// <summary>Every fee, cost and reserve that is in force, by effective date. Immutable.</summary>
internal sealed class FeeSchedule
{
    private readonly Action<TransactionEvent, List<Posting>>[] _rules;

    private FeeSchedule(Action<TransactionEvent, List<Posting>>[] rules) => _rules = rules;

    /// <summary>No fees at all.</summary>
    public static FeeSchedule Free { get; } = new([]);

    /// <summary>Adds the fee lines of an approval, in pairs that add up to zero.</summary>
    public void AddLines(TransactionEvent approval, List<Posting> lines)
    {
        foreach (var rule in _rules) rule(approval, lines);
    }
}
