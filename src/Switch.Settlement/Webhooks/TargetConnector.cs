using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Switch.Settlement.Webhooks;

/// <summary>An address that must not be connected to.</summary>
internal sealed class TargetRefusedException() : IOException("the address is private or reserved");

/// <summary>
/// Makes connections to merchants' hosts: the name is resolved here, every address judged, and the one that was judged
/// is connected to, so that a name can't point elsewhere in between. No redirect is followed, no proxy asked, no cookie
/// kept.
/// </summary>
internal static class TargetConnector
{
    private const int AddressesMax = 8;

    /// <summary>A handler for all endpoints; pooled connections have been judged like new ones.</summary>
    /// <param name="rules">What may be reached.</param>
    /// <param name="roots">The only roots that are trusted; null for those of the system.</param>
    /// <param name="resolve">What a name resolves to; null: the system's resolver.</param>
    public static SocketsHttpHandler CreateHandler(
        TargetRules rules,
        X509Certificate2Collection? roots,
        Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null) => new()
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            Credentials = null,
            PreAuthenticate = false,
            ActivityHeadersPropagator = null,
            // A name that moves is followed after this time.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = 16 * 1024,
            ResponseDrainTimeout = TimeSpan.FromSeconds(1),
            ConnectCallback = (context, cancel) => ConnectAsync(
                rules, resolve ?? Dns.GetHostAddressesAsync, context.DnsEndPoint, cancel),
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Chain(roots) },
        };

    private static X509ChainPolicy? Chain(X509Certificate2Collection? roots)
    {
        if (roots is null) return null;
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.AddRange(roots);
        return policy;
    }

    private static async ValueTask<Stream> ConnectAsync(
        TargetRules rules,
        Func<string, CancellationToken, Task<IPAddress[]>> resolve,
        DnsEndPoint target,
        CancellationToken cancel)
    {
        var addresses = IPAddress.TryParse(target.Host, out var literal)
            ? [literal]
            : await resolve(target.Host, cancel);
        // One bad address among good ones is no accident of a public host: nothing of that name is connected to.
        if (addresses.Length == 0 || !addresses.All(rules.Allows)) throw new TargetRefusedException();
        SocketException? last = null;
        foreach (var address in addresses.Take(AddressesMax))
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(address, target.Port, cancel);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException e)
            {
                socket.Dispose();
                last = e;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw last!;
    }
}
