using System.Collections.Frozen;

namespace Switch.Routing;

/// <summary>A currency that payments can be made in.</summary>
/// <param name="Code">Three capital letters.</param>
/// <param name="Numeric">Three digits, as DE 49 carries them.</param>
/// <param name="Decimals">Digits behind the decimal point of the major unit: 0, 2 or 3.</param>
public sealed record Iso4217Currency(string Code, string Numeric, int Decimals);

/// <summary>
/// The currencies that payments can be made in. From ISO 4217 list one; funds codes, metals and testing codes are left
/// out. Kept here because Routing knows no other project.
/// </summary>
public static class Iso4217
{
    private static readonly FrozenDictionary<string, Iso4217Currency> ByCode = Load();

    /// <summary>Every currency, in no particular order.</summary>
    public static IReadOnlyList<Iso4217Currency> All => ByCode.Values;

    /// <summary>Finds how many decimals a currency has; false when there is no such currency.</summary>
    public static bool TryGetDecimals(string code, out int decimals)
    {
        bool isKnown = ByCode.TryGetValue(code, out Iso4217Currency? currency);
        decimals = currency?.Decimals ?? 0;
        return isKnown;
    }

    private static FrozenDictionary<string, Iso4217Currency> Load()
    {
        var currencies = new Dictionary<string, Iso4217Currency>(StringComparer.Ordinal);
        Add(currencies, Iso4217Table.Decimals0, 0);
        Add(currencies, Iso4217Table.Decimals2, 2);
        Add(currencies, Iso4217Table.Decimals3, 3);
        return currencies.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static void Add(Dictionary<string, Iso4217Currency> currencies, string list, int decimals)
    {
        foreach (string entry in list.Split(' '))
            currencies.Add(entry[..3], new Iso4217Currency(entry[..3], entry[3..], decimals));
    }
}
