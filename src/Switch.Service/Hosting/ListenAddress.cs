using System.Globalization;
using System.Net;

namespace Switch.Service.Hosting;

/// <summary>An address to listen on: "host:port", "[v6]:port" or "*:port".</summary>
internal readonly record struct ListenAddress(IPAddress Address, int Port)
{
    public bool IsLoopback => IPAddress.IsLoopback(Address);

    /// <summary>Parses, or says what is wrong.</summary>
    public static bool TryParse(string text, out ListenAddress address, out string fault)
    {
        address = default;
        fault = "expected host:port, [v6]:port or *:port, with an IP address or localhost";
        var colon = text.LastIndexOf(':');
        if (colon <= 0) return false;
        if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)) return false;
        if (port > 65535)
        {
            fault = "the port is greater than 65535";
            return false;
        }

        var host = text[..colon];
        IPAddress? ip = host switch
        {
            "*" => IPAddress.IPv6Any,
            "localhost" => IPAddress.Loopback,
            _ => IPAddress.TryParse(host.Trim('[', ']'), out var parsed) ? parsed : null,
        };
        if (ip is null) return false;
        address = new ListenAddress(ip, port);
        fault = "";
        return true;
    }
}
