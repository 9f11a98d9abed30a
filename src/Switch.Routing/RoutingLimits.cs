namespace Switch.Routing;

/// <summary>The bounds of a routing table. A configuration past any of them is refused as a whole.</summary>
public static class RoutingLimits
{
    /// <summary>Candidates in one plan: each costs the terminal waiting time, so more than four never pays.</summary>
    public const int CandidatesPerPlan = 4;

    /// <summary>Acquirers in one table; one bit each in a 64-bit mask on the decision path.</summary>
    public const int Acquirers = 64;

    /// <summary>Card schemes in one table.</summary>
    public const int Schemes = 64;

    /// <summary>Rules in one table: a row of the rule matrix is one bit a rule, 512 bytes at this bound.</summary>
    public const int Rules = 4_096;

    /// <summary>BIN ranges in one table: at most two segments of 8 bytes each, 16 MB at this bound.</summary>
    public const int BinRanges = 1_000_000;

    /// <summary>BIN conditions over all rules: two matrix rows each, 16 MB at both bounds.</summary>
    public const int BinConditions = 16_384;

    /// <summary>Merchants named over all rules: one matrix row each, 32 MB at both bounds.</summary>
    public const int Merchants = 65_536;

    /// <summary>Length of a name of an acquirer, scheme or rule, in characters.</summary>
    public const int NameLength = 64;

    /// <summary>Whether a text can be such a name: letters and digits of ASCII, '-', '_' and '.'.</summary>
    public static bool IsName(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length is 0 or > NameLength) return false;
        foreach (char letter in text)
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_' or '.')) return false;
        return true;
    }

    /// <summary>Digits of a BIN that are looked at (DE 32 and the schemes' tables know at most eleven).</summary>
    public const int BinDigits = 11;

    /// <summary>The largest amount, in minor units: DE 4 is twelve digits.</summary>
    public const long AmountMinor = 999_999_999_999;

    /// <summary>The largest fixed fee, in minor units; keeps every cost within 64 bits.</summary>
    public const long FixedFeeMinor = 1_000_000;

    /// <summary>
    /// The largest proportional fee, in basis points: a tenth of the amount; keeps every cost within 57 bits.
    /// </summary>
    public const int BasisPoints = 1_000;

    /// <summary>The largest weight of a candidate.</summary>
    public const int Weight = 1_000_000;

    /// <summary>Faults kept of one refused configuration; the rest is counted.</summary>
    public const int Faults = 1_000;
}
