using System.Collections.Frozen;

namespace Switch.Routing;

/// <summary>What a <see cref="RuleMatrix"/> is made of. A row is named by the index of its first word.</summary>
internal sealed class RuleMatrixParts
{
    /// <summary>A multiple of <see cref="RuleMatrix.WordsPerBlock"/>; 0 when there are no rules.</summary>
    internal required int WordsPerRow { get; init; }

    /// <summary>All rows, one after the other; equal rows are kept once.</summary>
    internal required ulong[] Rows { get; init; }

    /// <summary>By <see cref="CurrencyCode.Number"/>.</summary>
    internal required int[] CurrencyRows { get; init; }

    /// <summary>By merchant category code.</summary>
    internal required int[] MccRows { get; init; }

    /// <summary>By minute of the week.</summary>
    internal required int[] MinuteRows { get; init; }

    /// <summary>By <see cref="RouteEntryMode"/>.</summary>
    internal required int[] EntryModeRows { get; init; }

    /// <summary>By <see cref="RouteKind"/>.</summary>
    internal required int[] KindRows { get; init; }

    /// <summary>By amount in minor units.</summary>
    internal required AmountIndex Amounts { get; init; }

    /// <summary>By merchant id, for those that rules name.</summary>
    internal required FrozenDictionary<string, int> MerchantRows { get; init; }

    /// <summary>Of every other merchant.</summary>
    internal required int OtherMerchantRow { get; init; }
}
