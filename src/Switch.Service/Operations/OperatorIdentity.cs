using Grpc.Core;
using Switch.Service.Authorization;

namespace Switch.Service.Operations;

/// <summary>
/// Who may operate the switch. With mTLS the certificate has to name an operator,
/// spiffe://&lt;trust-domain&gt;/operator/&lt;id&gt;: every terminal has a certificate of the same authority. What
/// comes in without TLS, over loopback or a network that is trusted in so many words, is believed.
/// </summary>
internal sealed class OperatorIdentity(SwitchOptions options)
{
    private readonly string? _prefix =
        options.Tls is { ClientCaPath: not null } tls ? $"spiffe://{tls.TrustDomain}/operator/" : null;

    /// <summary>Null when the caller may operate.</summary>
    public Refusal? Refuses(ServerCallContext context)
    {
        var http = context.GetHttpContext();
        if (_prefix is null || !http.Request.IsHttps) return null;
        return http.Connection.ClientCertificate is { } certificate
            && CertificateUri.Of(certificate) is { } uri
            && uri.StartsWith(_prefix, StringComparison.Ordinal) && uri.Length > _prefix.Length
            ? null
            : Refusal.OperatorUnknown;
    }
}
