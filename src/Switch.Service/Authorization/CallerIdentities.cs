using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;

namespace Switch.Service.Authorization;

/// <summary>Finds out who calls, once per connection's certificate.</summary>
internal sealed class CallerIdentities
{
    // Keyed by the certificate object, which lives as long as its connection.
    private readonly ConditionalWeakTable<X509Certificate2, CallerIdentity> _known = [];
    private readonly string? _trustDomain;

    public CallerIdentities(SwitchOptions options) =>
        _trustDomain = options.Tls is { ClientCaPath: not null } tls ? tls.TrustDomain : null;

    /// <summary>The caller, or null when its certificate names nobody.</summary>
    public CallerIdentity? Of(ServerCallContext context)
    {
        if (_trustDomain is null) return CallerIdentity.Anyone;
        if (context.GetHttpContext().Connection.ClientCertificate is not { } certificate) return null;
        if (_known.TryGetValue(certificate, out var known)) return known;
        if (CallerIdentity.Of(certificate, _trustDomain) is not { } identity) return null;
        return _known.GetValue(certificate, _ => identity);
    }
}
