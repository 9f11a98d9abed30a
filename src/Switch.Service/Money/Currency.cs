using System.Collections.Frozen;
using Switch.Routing;

namespace Switch.Service.Money;

/// <summary>A currency of ISO 4217 that payments are made in.</summary>
/// <param name="Code">Three capital letters.</param>
/// <param name="Numeric">Three digits, as DE 49 carries them.</param>
/// <param name="Exponent">Digits after the decimal point of the major unit, 0 to 3.</param>
/// <param name="RoutingCode">The same code as the routing core wants it.</param>
internal sealed record Currency(string Code, string Numeric, int Exponent, CurrencyCode RoutingCode)
{
    private static readonly FrozenDictionary<string, Currency> ByCode = Load();

    /// <summary>Finds a currency by its alphabetic code. Exact case: "eur" is not a code.</summary>
    public static bool TryFind(string code, out Currency currency) => ByCode.TryGetValue(code, out currency!);

    private static FrozenDictionary<string, Currency> Load()
    {
        var currencies = new List<Currency>();
        foreach (var (code, numeric, decimals) in Iso4217.All)
        {
            if (!CurrencyCode.TryParse(code, out var routingCode))
                throw new InvalidDataException($"{code} is no currency code");
            currencies.Add(new Currency(code, numeric, decimals, routingCode));
        }

        return currencies.ToFrozenDictionary(c => c.Code, StringComparer.Ordinal);
    }
}
