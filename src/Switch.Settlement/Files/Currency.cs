using System.Collections.Frozen;
using Switch.Routing;

namespace Switch.Settlement.Files;

/// <summary>A currency that money is settled in.</summary>
/// <param name="Code">Three capital letters of ISO 4217.</param>
/// <param name="Numeric">Three digits, as acquirers' files carry them.</param>
/// <param name="Exponent">Digits behind the decimal point of the major unit: 0, 2 or 3.</param>
internal sealed record Currency(string Code, string Numeric, int Exponent)
{
    /// <summary>The largest amount of an event or of what a person types, 10^15 minor units of any currency.</summary>
    public const long AmountMinorMax = 1_000_000_000_000_000;

    private static readonly FrozenDictionary<string, Currency> Known = Load();

    /// <summary>How many there are.</summary>
    public static int Count => Known.Count / 2;

    /// <summary>Finds a currency by its three letters or its three digits; exact case.</summary>
    public static bool TryFind(string code, out Currency currency) => Known.TryGetValue(code, out currency!);

    /// <summary>
    /// Finds the digits behind the decimal point of the major unit by the three letters alone, as events and terms have
    /// them. Exact case.
    /// </summary>
    public static bool TryGetDecimals(string code, out int decimals)
    {
        var isKnown = Known.TryGetValue(code, out var currency) && currency.Code == code;
        decimals = isKnown ? currency!.Exponent : 0;
        return isKnown;
    }

    /// <summary>The currency of an amount in the books.</summary>
    /// <exception cref="InvalidDataException">The books hold a currency that there is not.</exception>
    public static Currency Of(string code) =>
        TryFind(code, out var currency) ? currency : throw new InvalidDataException($"'{code}' is no currency");

    /// <summary>Minor units in the major unit, with all its decimals: 1290 is 12.90, of yen 1290.</summary>
    public decimal ToMajor(long minor)
    {
        var digits = (ulong)Math.Abs((decimal)minor);
        return new decimal((int)digits, (int)(digits >> 32), 0, minor < 0, (byte)Exponent);
    }

    private static FrozenDictionary<string, Currency> Load()
    {
        var currencies = new Dictionary<string, Currency>(StringComparer.Ordinal);
        Add(currencies, Iso4217Table.Decimals0, 0);
        Add(currencies, Iso4217Table.Decimals2, 2);
        Add(currencies, Iso4217Table.Decimals3, 3);
        return currencies.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static void Add(Dictionary<string, Currency> currencies, string list, int exponent)
    {
        foreach (var entry in list.Split(' '))
        {
            var currency = new Currency(entry[..3], entry[3..], exponent);
            currencies.Add(currency.Code, currency);
            currencies.Add(currency.Numeric, currency);
        }
    }
}
