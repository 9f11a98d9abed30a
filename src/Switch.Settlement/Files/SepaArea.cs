using System.Collections.Frozen;

namespace Switch.Settlement.Files;

/// <summary>
/// The countries whose banks can be reached by SEPA credit transfers, by the first letters of their IBANs (EPC409-09,
/// as of 2026). Territories have the IBANs of their countries: Jersey GB, Åland FI.
/// </summary>
internal static class SepaArea
{
    /// <summary>The largest transfer, in cents: 0.01 to 999999999.99 (EPC132-08, Instructed Amount).</summary>
    public const long AmountMinorMax = 99_999_999_999;

    private static readonly FrozenSet<string> Countries =
        ("AD AL AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT NL NO PL PT RO "
            + "RS SE SI SK SM VA").Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether money can be sent as a SEPA credit transfer: euros, from and to an IBAN of the area.</summary>
    public static bool IsSepa(string currency, string fromIban, string toIban) =>
        currency == "EUR" && Has(fromIban) && Has(toIban);

    private static bool Has(string iban) => iban.Length > 2 && Countries.Contains(iban[..2]);
}
