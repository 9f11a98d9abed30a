using System.Collections.Frozen;
using Switch.Routing;

namespace Switch.Settlement.Terms;

/// <summary>The decimals of every currency of ISO 4217 that payments can be made in, and how much one may be.</summary>
internal static class Currencies
{
    /// <summary>The largest amount of an event or of what a person types, 10^15 minor units.</summary>
    public const long AmountMinorMax = 1_000_000_000_000_000;

    private static readonly FrozenDictionary<string, int> DecimalsByCode = Load();

    /// <summary>Finds the digits behind the decimal point of the major unit, 0 to 3. Exact case.</summary>
    public static bool TryGetDecimals(string code, out int decimals) =>
        DecimalsByCode.TryGetValue(code, out decimals);

    private static FrozenDictionary<string, int> Load()
    {
        var decimals = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (list, count) in new[]
        {
            (Iso4217Table.Decimals0, 0), (Iso4217Table.Decimals2, 2), (Iso4217Table.Decimals3, 3),
        })
        {
            foreach (var entry in list.Split(' ')) decimals.Add(entry[..3], count);
        }

        return decimals.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
