namespace Switch.Routing.Tests;

/// <summary>
/// A payment in words, as the naive router reads it; the router under test gets <see cref="ToQuery"/>.
/// </summary>
internal sealed record Payment
{
    internal string Bin { get; init; } = "42000012345";
    internal long AmountMinor { get; init; } = 1_000;
    internal string Currency { get; init; } = "EUR";
    internal int Mcc { get; init; } = 5411;
    internal string? Merchant { get; init; } = "M1";
    internal string EntryMode { get; init; } = "chip";
    internal string Kind { get; init; } = "purchase";
    internal DateTime LocalTime { get; init; } = new(2026, 3, 4, 12, 0, 0);
    internal ulong SplitHash { get; init; }

    internal RouteQuery ToQuery()
    {
        Assert.True(BinDigits.TryParse(Bin, out BinDigits bin));
        Assert.True(CurrencyCode.TryParse(Currency, out CurrencyCode currency));
        return new RouteQuery
        {
            Bin = bin,
            AmountMinor = AmountMinor,
            Currency = currency,
            Mcc = Mcc,
            MerchantId = Merchant,
            EntryMode = (RouteEntryMode)Words.EntryModes.GetValueOrDefault(EntryMode),
            Kind = (RouteKind)Words.Kinds.GetValueOrDefault(Kind),
            LocalTime = LocalTime,
            SplitHash = SplitHash,
        };
    }
}
