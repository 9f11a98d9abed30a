using System.Collections.Frozen;

namespace Switch.Routing;

/// <summary>
/// The currencies that payments can be made in, with their decimals. From ISO 4217 list one; funds codes, metals and
/// testing codes are left out. Kept here because Routing knows no other project.
/// </summary>
internal static class Iso4217
{
    private const string Decimals0 = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";

    private const string Decimals3 = "BHD IQD JOD KWD LYD OMR TND";

    private const string Decimals2 =
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF " +
        "CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF " +
        "IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR " +
        "MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD " +
        "SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG " +
        "YER ZAR ZMW ZWG";

    private static readonly FrozenDictionary<string, int> DecimalsByCode = Load();

    /// <summary>Finds how many decimals a currency has; false when there is no such currency.</summary>
    internal static bool TryGetDecimals(string code, out int decimals) =>
        DecimalsByCode.TryGetValue(code, out decimals);

    private static FrozenDictionary<string, int> Load()
    {
        var decimals = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string code in Decimals0.Split(' ')) decimals.Add(code, 0);
        foreach (string code in Decimals2.Split(' ')) decimals.Add(code, 2);
        foreach (string code in Decimals3.Split(' ')) decimals.Add(code, 3);
        return decimals.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
