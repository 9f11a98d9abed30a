using System.Globalization;
using System.Net;

namespace Switch.Service.Hosting;

/// <summary>An address to listen on: "host:port", "[v6]:port" or "*:port".</summary>
internal readonly record struct ListenAddress(IPAddress Address, int Port)
{
    public bool IsLoopback => IPAddress.IsLoopback(Address);

    /// <summary>An address that the validation of the configuration has let pass.</summary>
    /// <exception cref="ArgumentException">It has not.</exception>
    public static ListenAddress Of(string text) =>
        TryParse(text, out var address, out var fault) ? address : throw new ArgumentException(fault, nameof(text));

    /// <summary>Whether one of the two can't be listened on while the other is.</summary>
    public bool Overlaps(ListenAddress other) =>
        Port == other.Port && Port != 0 && (
            Address.Equals(other.Address) || IsEveryInterface || other.IsEveryInterface);

    /// <summary>"address:port", an IPv6 address in brackets.</summary>
    public override string ToString() => new IPEndPoint(Address, Port).ToString();

    private bool IsEveryInterface => Address.Equals(IPAddress.IPv6Any) || Address.Equals(IPAddress.Any);

    /// <summary>Parses, or says what is wrong.</summary>
    public static bool TryParse(string text, out ListenAddress address, out string fault)
    {
        address = default;
        fault = "expected host:port, [v6]:port or *:port, with an IP address or localhost";
        var colon = text.LastIndexOf(':');
        if (colon <= 0) return false;
        if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture,
            out var port)) return false;
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
            ['[', .. var v6, ']'] => IPAddress.TryParse(v6, out var parsed) ? parsed : null,
            _ => IPAddress.TryParse(host, out var parsed) && !host.Contains(':', StringComparison.Ordinal)
                ? parsed
                : null,
        };
        if (ip is null) return false;
        address = new ListenAddress(ip, port);
        fault = "";
        return true;
    }
}
