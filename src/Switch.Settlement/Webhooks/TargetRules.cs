using System.Net;
using System.Net.Sockets;

namespace Switch.Settlement.Webhooks;

/// <summary>
/// Which addresses may be connected to: public ones, and what the operator allows. A merchant chooses the host and its
/// DNS, so a name says nothing; only the address that is connected to counts.
/// </summary>
internal sealed class TargetRules
{
    // IANA's special-purpose registry for IPv4: what is not globally reachable, or not one host.
    private static readonly IPNetwork[] RefusedV4 = Parse(
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4");

    // Of IPv6 only global unicast is public; these parts of it are not, or carry an IPv4 address that would go unseen
    // (Teredo in 2001::/23, 6to4 2002::/16). Loopback, mapped, NAT64, unique-local, link-local and multicast addresses
    // are all outside of it.
    private static readonly IPNetwork PublicV6 = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork[] RefusedV6 = Parse("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20");

    // Where clouds serve credentials and the like: AWS, Azure, GCP and others on the first, then AWS on IPv6, Alibaba,
    // Oracle, Azure's host, which is a public address, and GCP on IPv6.
    private static readonly IPAddress[] Metadata =
    [
        IPAddress.Parse("169.254.169.254"), IPAddress.Parse("169.254.170.2"), IPAddress.Parse("fd00:ec2::254"),
        IPAddress.Parse("100.100.100.200"), IPAddress.Parse("192.0.0.192"), IPAddress.Parse("168.63.129.16"),
        IPAddress.Parse("fd20:ce::254"),
    ];

    private readonly IPNetwork[] _allowed;

    /// <summary>Rules with exceptions.</summary>
    /// <param name="allowed">
    /// Networks that may be reached although they are not public. A metadata address needs a network of its own.
    /// </param>
    public TargetRules(params IEnumerable<IPNetwork> allowed) => _allowed = [.. allowed];

    /// <summary>Whether this address may be connected to.</summary>
    public bool Allows(IPAddress address)
    {
        // The framework looks through this form, to the IPv4 address, in some places and not in others. No public host
        // has need of it.
        if (address.IsIPv4MappedToIPv6) return false;
        // A scope chooses an interface; it does not change what the address is.
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0)
            address = new IPAddress(address.GetAddressBytes());
        if (Metadata.Contains(address))
            return _allowed.Any(network => IsOneHost(network) && network.Contains(address));
        return IsPublic(address) || _allowed.Any(network => network.Contains(address));
    }

    private static bool IsPublic(IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => !RefusedV4.Any(network => network.Contains(address)),
        AddressFamily.InterNetworkV6 =>
            PublicV6.Contains(address) && !RefusedV6.Any(network => network.Contains(address)),
        _ => false,
    };

    private static bool IsOneHost(IPNetwork network) =>
        network.PrefixLength == (network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);

    private static IPNetwork[] Parse(params string[] networks) => [.. networks.Select(IPNetwork.Parse)];
}
