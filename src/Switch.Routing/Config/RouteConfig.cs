namespace Switch.Routing;

/// <summary>
/// A routing configuration as it was written: names still text, every node with its line. Nothing in it is trusted
/// before <see cref="RouteTableBuilder"/> has looked at it as a whole.
/// </summary>
public sealed class RouteConfig
{
    /// <summary>Where the whole begins; faults about what is missing point here.</summary>
    public SourceLine Line { get; init; }

    /// <summary>Names of the card schemes that ranges, fees and rules may speak of.</summary>
    public IReadOnlyList<Located<string>> Schemes { get; init; } = [];

    /// <summary>Whom payments can be sent to.</summary>
    public IReadOnlyList<AcquirerConfig> Acquirers { get; init; } = [];

    /// <summary>What is known of card numbers.</summary>
    public IReadOnlyList<BinRangeConfig> BinRanges { get; init; } = [];

    /// <summary>In order: the first that matches wins.</summary>
    public IReadOnlyList<RuleConfig> Rules { get; init; } = [];

    /// <summary>Whom to ask when no rule matches, or when too few of a rule's candidates are available.</summary>
    public CandidatesConfig? Fallback { get; init; }
}

/// <summary>An acquirer as it was written.</summary>
public sealed class AcquirerConfig
{
    /// <summary>Its name, the same as of its link.</summary>
    public required Located<string> Name { get; init; }

    /// <summary>Currencies it takes (ISO 4217); null: all.</summary>
    public IReadOnlyList<Located<string>>? Currencies { get; init; }

    /// <summary>Its fees; none: free of charge, and so the cheapest everywhere.</summary>
    public IReadOnlyList<FeeConfig> Fees { get; init; } = [];
}

/// <summary>What an acquirer charges for a transaction of one scheme, as it was written.</summary>
public sealed class FeeConfig
{
    /// <summary>The name that stands for every scheme without a fee of its own.</summary>
    public const string Default = "default";

    /// <summary>A scheme's name, or <see cref="Default"/>.</summary>
    public required Located<string> Scheme { get; init; }

    /// <summary>In minor units of the transaction's currency, 0 to 1,000,000.</summary>
    public long FixedMinor { get; init; }

    /// <summary>Hundredths of a percent of the amount, 0 to 1,000, with at most two decimals.</summary>
    public decimal BasisPoints { get; init; }
}

/// <summary>What is known of a range of card numbers, as it was written.</summary>
/// <param name="Range">The card numbers.</param>
/// <param name="Scheme">A scheme's name.</param>
/// <param name="Country">Country of the issuer (ISO 3166 alpha-2), or null.</param>
/// <param name="Funding"><c>credit</c>, <c>debit</c>, <c>prepaid</c>, or null.</param>
/// <param name="Line">Where it was written.</param>
public readonly record struct BinRangeConfig(
    BinRange Range, string Scheme, string? Country, string? Funding, SourceLine Line);

/// <summary>A rule as it was written.</summary>
public sealed class RuleConfig
{
    /// <summary>Its name; reported in events and explanations.</summary>
    public required Located<string> Name { get; init; }

    /// <summary>What must all hold; none: the rule matches everything.</summary>
    public ConditionsConfig When { get; init; } = new();

    /// <summary>Whom to ask; null is a fault.</summary>
    public CandidatesConfig? Candidates { get; init; }

    /// <summary>Whether the fallback's candidates follow the rule's own; false: nobody else may be asked.</summary>
    public bool AllowsFallback { get; init; } = true;

    /// <summary>Something of the rule could not be read; it then neither shadows other rules nor is shadowed.</summary>
    public bool IsPartial { get; init; }
}

/// <summary>Whom to ask and in which order, as it was written.</summary>
/// <param name="Strategy">How the order comes about.</param>
/// <param name="List">The acquirers.</param>
/// <param name="Line">Where it was written.</param>
public sealed record CandidatesConfig(
    RouteStrategy Strategy, IReadOnlyList<CandidateConfig> List, SourceLine Line);

/// <summary>One candidate as it was written.</summary>
/// <param name="Acquirer">Its name.</param>
/// <param name="Weight">Its share, 1 to 1,000,000; looked at only where the strategy is <c>weight</c>.</param>
public readonly record struct CandidateConfig(Located<string> Acquirer, long Weight = 1);
