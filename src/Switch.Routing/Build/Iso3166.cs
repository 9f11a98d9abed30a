using System.Collections.Frozen;

namespace Switch.Routing;

/// <summary>
/// Assigned country codes of ISO 3166-1 alpha-2, and the ranges it leaves to users (Kosovo is XK by custom), so that
/// a "UK" that should have been "GB" is found before a payment is.
/// </summary>
internal static class Iso3166
{
    private const string Assigned =
        "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY " +
        "BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK " +
        "FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR " +
        "IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK " +
        "ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM " +
        "PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF " +
        "TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

    private static readonly FrozenSet<string> Codes = Assigned.Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>True for an assigned code and for AA, QM to QZ, XA to XZ and ZZ.</summary>
    internal static bool IsKnown(string code) => Codes.Contains(code) || (code.Length == 2 && IsUserAssigned(code));

    private static bool IsUserAssigned(string code) =>
        code is "AA" or "ZZ"
        || (code[0] == 'Q' && code[1] is >= 'M' and <= 'Z')
        || (code[0] == 'X' && code[1] is >= 'A' and <= 'Z');
}
