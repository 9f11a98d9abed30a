using System.Collections.Frozen;
using System.Globalization;
using Switch.Service.Acquirers;

namespace Switch.Service.Advices;

/// <summary>What happens to an advice after one transmission.</summary>
internal enum AdviceFate
{
    /// <summary>Nobody owes it any more.</summary>
    Settled,

    /// <summary>Nothing was sent: it is tried again soon, and the try does not count.</summary>
    TryAgainSoon,

    /// <summary>It is repeated after a pause that grows.</summary>
    RetryLater,

    /// <summary>It waits for a person.</summary>
    Parked,
}

/// <summary>What happens to an advice, and why; the reason is for operators and empty when settled.</summary>
internal readonly record struct AdviceVerdict(AdviceFate Fate, string Reason);

/// <summary>The decision table of one link (S6). Pure.</summary>
internal sealed class AdviceRules
{
    private readonly FrozenSet<string> _settled;
    private readonly FrozenSet<string> _retry;
    private readonly int _triesMax;

    public AdviceRules(AdviceOptions options)
    {
        _settled = AdviceOptions.CodesOf(options.SettledCodes).ToFrozenSet(StringComparer.Ordinal);
        _retry = AdviceOptions.CodesOf(options.RetryCodes).ToFrozenSet(StringComparer.Ordinal);
        _triesMax = options.TriesMax;
    }

    /// <summary>Decides; <paramref name="tries"/> counts this transmission if anything of it may have left.</summary>
    public AdviceVerdict Decide(in ReversalResult result, int tries) => result.Kind switch
    {
        ReversalKind.NotSent => new(AdviceFate.TryAgainSoon, result.Reason),
        ReversalKind.Replied when _settled.Contains(result.Code) => new(AdviceFate.Settled, ""),
        ReversalKind.Replied when _retry.Contains(result.Code) => RetryOrPark($"code {result.Code}", tries),
        ReversalKind.Replied => new(AdviceFate.Parked, $"code {result.Code}"),
        ReversalKind.SentUnknown => RetryOrPark(result.Reason, tries),
        // Unsendable, and anything added later: a person has to look, nothing is dropped.
        _ => new(AdviceFate.Parked, result.Reason),
    };

    private AdviceVerdict RetryOrPark(string reason, int tries) => tries < _triesMax
        ? new(AdviceFate.RetryLater, reason)
        : new(AdviceFate.Parked, string.Create(CultureInfo.InvariantCulture, $"{tries} tries, the last: {reason}"));
}
