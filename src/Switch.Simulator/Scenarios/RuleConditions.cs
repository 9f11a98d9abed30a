namespace Switch.Simulator;

/// <summary>
/// When a rule applies: every condition that is stated must hold. A list holds when one of its values does.
/// </summary>
internal sealed record RuleConditions
{
    /// <summary>Message classes; empty means requests (0100, 0200), the ones an issuer decides.</summary>
    public IReadOnlyList<MessageKind> Kinds { get; init; } = [];

    /// <summary>Message types, four digits.</summary>
    public IReadOnlyList<string> Mtis { get; init; } = [];

    /// <summary>Beginnings of the processing code, DE 3.</summary>
    public IReadOnlyList<string> Processing { get; init; } = [];

    /// <summary>Ranges of the amount, both ends included, minor units.</summary>
    public IReadOnlyList<(long Low, long High)> Amounts { get; init; } = [];

    /// <summary>Last two digits of the amount.</summary>
    public IReadOnlyList<long> AmountEnds { get; init; } = [];

    /// <summary>Divisor and remainder of the amount.</summary>
    public (long By, long Is)? AmountMod { get; init; }

    /// <summary>Whole card numbers or beginnings of them, ASCII digits.</summary>
    public IReadOnlyList<CardPattern> Cards { get; init; } = [];

    /// <summary>ISO 4217 numeric codes, DE 49.</summary>
    public IReadOnlyList<string> Currencies { get; init; } = [];

    /// <summary>Merchant category codes, DE 18.</summary>
    public IReadOnlyList<string> Mccs { get; init; } = [];

    /// <summary>Merchants, DE 42.</summary>
    public IReadOnlyList<string> Merchants { get; init; } = [];

    /// <summary>Terminals, DE 41.</summary>
    public IReadOnlyList<string> Terminals { get; init; } = [];

    /// <summary>Whether a PIN block (DE 52) must be there, or must not.</summary>
    public bool? HasPin { get; init; }

    /// <summary>Chance of applying, above 0 and at most 1; null is always.</summary>
    public double? Probability { get; init; }

    /// <summary>Applies to each n-th message that meets the rest; 0 is every one.</summary>
    public int Every { get; init; }

    /// <summary>Applies to the first n messages that meet the rest; 0 is no bound.</summary>
    public int Times { get; init; }

    /// <summary>Whether the conditions on the message itself hold.</summary>
    public bool Match(HostRequest request, ReadOnlySpan<byte> pan) =>
        MatchKind(request)
        && MatchAmount(request.AmountMinor)
        && (Cards.Count == 0 || MatchCard(pan))
        && (Processing.Count == 0 || AnyPrefix(Processing, request.ProcessingCode))
        && (Currencies.Count == 0 || Any(Currencies, request.Currency))
        && (Mccs.Count == 0 || Any(Mccs, request.Mcc))
        && (Merchants.Count == 0 || Any(Merchants, request.Merchant))
        && (Terminals.Count == 0 || Any(Terminals, request.Terminal))
        && (HasPin is not { } pin || pin == request.HasPin);

    private bool MatchKind(HostRequest request)
    {
        if (Mtis.Count > 0) return Any(Mtis, request.MtiText);
        if (Kinds.Count == 0) return request.Kind is MessageKind.Authorization or MessageKind.Financial;
        foreach (var kind in Kinds)
            if (kind == request.Kind) return true;
        return false;
    }

    private bool MatchAmount(long amountMinor)
    {
        if (AmountMod is { } mod && amountMinor % mod.By != mod.Is) return false;
        return InRange(amountMinor) && EndsRight(amountMinor);
    }

    private bool InRange(long amountMinor)
    {
        foreach (var (low, high) in Amounts)
            if (amountMinor >= low && amountMinor <= high) return true;
        return Amounts.Count == 0;
    }

    private bool EndsRight(long amountMinor)
    {
        foreach (var ends in AmountEnds)
            if (amountMinor % 100 == ends) return true;
        return AmountEnds.Count == 0;
    }

    private bool MatchCard(ReadOnlySpan<byte> pan)
    {
        foreach (var card in Cards)
            if (card.Match(pan)) return true;
        return false;
    }

    private static bool Any(IReadOnlyList<string> values, string value)
    {
        foreach (var candidate in values)
            if (string.Equals(candidate, value, StringComparison.Ordinal)) return true;
        return false;
    }

    private static bool AnyPrefix(IReadOnlyList<string> prefixes, string value)
    {
        foreach (var prefix in prefixes)
            if (value.StartsWith(prefix, StringComparison.Ordinal)) return true;
        return false;
    }
}
