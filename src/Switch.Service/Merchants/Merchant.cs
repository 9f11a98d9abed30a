using System.Collections.Frozen;

namespace Switch.Service.Merchants;

/// <summary>A merchant that may use the switch, with its terminals.</summary>
/// <param name="Id">Card acceptor id (DE 42), 1 to 15 characters.</param>
/// <param name="Name">Trading name; the first 25 characters go into DE 43.</param>
/// <param name="City">The first 13 characters go into DE 43.</param>
/// <param name="Country">ISO 3166 alpha-2.</param>
/// <param name="Mcc">Merchant category code, four digits.</param>
/// <param name="Terminals">Card acceptor terminal ids (DE 41), 1 to 8 characters each.</param>
/// <param name="Concentrators">Ids of the concentrators that may speak for its terminals over mTLS.</param>
internal sealed record Merchant(
    string Id, string Name, string City, string Country, string Mcc, FrozenSet<string> Terminals,
    FrozenSet<string> Concentrators)
{
    private const int NameLength = 25;
    private const int CityLength = 13;

    /// <summary>DE 43: name (25), city (13), country (2), padded with spaces to 40 characters.</summary>
    public string NameAndLocation { get; } = Fit(Name, NameLength) + Fit(City, CityLength) + Country;

    private static string Fit(string text, int length) =>
        text.Length >= length ? text[..length] : text.PadRight(length);
}
