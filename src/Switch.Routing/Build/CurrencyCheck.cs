namespace Switch.Routing;

/// <summary>Reads a currency's name.</summary>
internal static class CurrencyCheck
{
    /// <summary>Finds a currency; one that ISO 4217 does not know is a fault.</summary>
    internal static bool Find(Located<string> name, string path, FaultList faults, out CurrencyCode currency)
    {
        if (CurrencyCode.TryParse(name.Value, out currency) && Iso4217.TryGetDecimals(name.Value, out _)) return true;
        faults.Add(name.Line, path, $"'{name.Value}' is not an ISO 4217 currency such as EUR");
        return false;
    }
}
