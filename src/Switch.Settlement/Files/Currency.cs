using System.Collections.Frozen;

namespace Switch.Settlement.Files;

/// <summary>A currency that money is settled in.</summary>
/// <param name="Code">Three capital letters of ISO 4217.</param>
/// <param name="Numeric">Three digits, as acquirers' files carry them.</param>
/// <param name="Exponent">Digits behind the decimal point of the major unit: 0, 2 or 3.</param>
internal sealed record Currency(string Code, string Numeric, int Exponent)
{
    // ISO 4217 list one without funds codes, metals and testing codes: what the routing core takes, for settlement may
    // not know that project. A test holds the two lists equal.
    private const string Exponent0 =
        "BIF108 CLP152 DJF262 GNF324 ISK352 JPY392 KMF174 KRW410 PYG600 RWF646 UGX800 VND704 VUV548 XAF950 XOF952 " +
        "XPF953";

    private const string Exponent2 =
        "AED784 AFN971 ALL008 AMD051 AOA973 ARS032 AUD036 AWG533 AZN944 BAM977 BBD052 BDT050 BMD060 BND096 BOB068 " +
        "BRL986 BSD044 BTN064 BWP072 BYN933 BZD084 CAD124 CDF976 CHF756 CNY156 COP170 CRC188 CUP192 CVE132 CZK203 " +
        "DKK208 DOP214 DZD012 EGP818 ERN232 ETB230 EUR978 FJD242 FKP238 GBP826 GEL981 GHS936 GIP292 GMD270 GTQ320 " +
        "GYD328 HKD344 HNL340 HTG332 HUF348 IDR360 ILS376 INR356 IRR364 JMD388 KES404 KGS417 KHR116 KPW408 KYD136 " +
        "KZT398 LAK418 LBP422 LKR144 LRD430 LSL426 MAD504 MDL498 MGA969 MKD807 MMK104 MNT496 MOP446 MRU929 MUR480 " +
        "MVR462 MWK454 MXN484 MYR458 MZN943 NAD516 NGN566 NIO558 NOK578 NPR524 NZD554 PAB590 PEN604 PGK598 PHP608 " +
        "PKR586 PLN985 QAR634 RON946 RSD941 RUB643 SAR682 SBD090 SCR690 SDG938 SEK752 SGD702 SHP654 SLE925 SOS706 " +
        "SRD968 SSP728 STN930 SVC222 SYP760 SZL748 THB764 TJS972 TMT934 TOP776 TRY949 TTD780 TWD901 TZS834 UAH980 " +
        "USD840 UYU858 UZS860 VED926 VES928 WST882 XCD951 XCG532 YER886 ZAR710 ZMW967 ZWG924";

    private const string Exponent3 = "BHD048 IQD368 JOD400 KWD414 LYD434 OMR512 TND788";

    private static readonly FrozenDictionary<string, Currency> Known = Load();

    /// <summary>How many there are.</summary>
    public static int Count => Known.Count / 2;

    /// <summary>Finds a currency by its three letters or its three digits; exact case.</summary>
    public static bool TryFind(string code, out Currency currency) => Known.TryGetValue(code, out currency!);

    /// <summary>The currency of an amount in the books.</summary>
    /// <exception cref="InvalidDataException">The books hold a currency that there is not.</exception>
    public static Currency Of(string code) =>
        TryFind(code, out var currency) ? currency : throw new InvalidDataException($"'{code}' is no currency");

    /// <summary>An amount of minor units in the major unit, with all its decimals: 1290 is 12.90, of yen 1290.</summary>
    public decimal ToMajor(long minor)
    {
        var digits = (ulong)Math.Abs((decimal)minor);
        return new decimal((int)digits, (int)(digits >> 32), 0, minor < 0, (byte)Exponent);
    }

    private static FrozenDictionary<string, Currency> Load()
    {
        var currencies = new Dictionary<string, Currency>(StringComparer.Ordinal);
        Add(currencies, Exponent0, 0);
        Add(currencies, Exponent2, 2);
        Add(currencies, Exponent3, 3);
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
