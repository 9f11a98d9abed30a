namespace Switch.Settlement.Terms;

/// <summary>
/// How much one file of terms may hold. A compiled version of a table takes two bytes for each of its at most 9,216
/// cells, so that all plans and versions at their bounds take 74 MB.
/// </summary>
internal static class TermsLimits
{
    /// <summary>With one more for every other scheme, a version of a table has 9,216 cells.</summary>
    public const int Schemes = 63;

    public const int Currencies = 32;
    public const int Countries = 300;
    public const int Holidays = 2_000;
    public const int VatRates = 1_000;
    public const int Plans = 200;
    public const int VersionsOfTariff = 20;
    public const int RulesOfVersion = 256;
    public const int TiersOfRule = 16;
    public const int Acquirers = 64;
    public const int Merchants = 100_000;
    public const int ChangesOfMerchant = 100;
    public const int PayoutDays = 60;
    public const int ReserveDays = 730;
}
