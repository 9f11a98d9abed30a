namespace Switch.Routing;

/// <summary>
/// The conditions of a rule as they were written. Null: not asked. Of a list any one must hold, an empty list is a
/// fault; of the conditions all must hold.
/// </summary>
public sealed class ConditionsConfig
{
    /// <summary>Names of schemes.</summary>
    public IReadOnlyList<Located<string>>? Schemes { get; init; }

    /// <summary>Ranges or prefixes of card numbers.</summary>
    public IReadOnlyList<Located<BinRange>>? Bins { get; init; }

    /// <summary>Countries of the issuer (ISO 3166 alpha-2).</summary>
    public IReadOnlyList<Located<string>>? Countries { get; init; }

    /// <summary><c>credit</c>, <c>debit</c> or <c>prepaid</c>.</summary>
    public IReadOnlyList<Located<string>>? Fundings { get; init; }

    /// <summary>Currencies of the amount (ISO 4217).</summary>
    public IReadOnlyList<Located<string>>? Currencies { get; init; }

    /// <summary>A band of amounts; only beside currencies that share their number of decimals.</summary>
    public AmountBandConfig? Amount { get; init; }

    /// <summary>Merchant categories.</summary>
    public IReadOnlyList<Located<MccRange>>? Mccs { get; init; }

    /// <summary>Card acceptor ids, 1 to 15 characters.</summary>
    public IReadOnlyList<Located<string>>? Merchants { get; init; }

    /// <summary><c>manual</c>, <c>magnetic_stripe</c>, <c>chip</c>, <c>contactless</c> and so on.</summary>
    public IReadOnlyList<Located<string>>? EntryModes { get; init; }

    /// <summary><c>purchase</c>, <c>pre_authorization</c> or <c>refund</c>.</summary>
    public IReadOnlyList<Located<string>>? Kinds { get; init; }

    /// <summary>A window of the terminal's local time.</summary>
    public Located<TimeWindow>? Time { get; init; }

    /// <summary>Days on which the window starts, <c>mon</c> to <c>sun</c>; without a window, whole days.</summary>
    public IReadOnlyList<Located<string>>? Days { get; init; }
}

/// <summary>A band of amounts in minor units, both ends included, as it was written.</summary>
/// <param name="MinMinor">0 or more; null: no lower end.</param>
/// <param name="MaxMinor">Not below the lower end; null: no upper end.</param>
/// <param name="Line">Where it was written.</param>
public sealed record AmountBandConfig(long? MinMinor, long? MaxMinor, SourceLine Line);
