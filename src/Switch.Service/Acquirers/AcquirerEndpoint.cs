using System.Globalization;
using System.Net;

namespace Switch.Service.Acquirers;

/// <summary>Where an acquirer listens: host:port or [v6]:port.</summary>
internal static class AcquirerEndpoint
{
    public static bool TryParse(string text, out DnsEndPoint endpoint)
    {
        endpoint = null!;
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return false;
        if (port == 0) return false;
        endpoint = new DnsEndPoint(text[..colon].Trim('[', ']'), port);
        return true;
    }
}
