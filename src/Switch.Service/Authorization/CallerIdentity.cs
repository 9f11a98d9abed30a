using System.Security.Cryptography.X509Certificates;
using Switch.Service.Merchants;

namespace Switch.Service.Authorization;

/// <summary>
/// Who calls, by the URI SAN of its certificate: spiffe://&lt;trust-domain&gt;/terminal/&lt;id&gt; speaks for that
/// terminal only, spiffe://&lt;trust-domain&gt;/concentrator/&lt;id&gt; for the terminals of every merchant that lists
/// it. Without mTLS anyone on the (loopback or explicitly trusted) network speaks for any terminal.
/// </summary>
internal sealed class CallerIdentity
{
    /// <summary>No mTLS: every terminal id is believed.</summary>
    public static readonly CallerIdentity Anyone = new(null, null);

    private readonly string? _terminalId;
    private readonly string? _concentratorId;

    private CallerIdentity(string? terminalId, string? concentratorId)
    {
        _terminalId = terminalId;
        _concentratorId = concentratorId;
    }

    /// <summary>
    /// The identity in a certificate, or null when it names neither a terminal nor a concentrator.
    /// </summary>
    public static CallerIdentity? Of(X509Certificate2 certificate, string trustDomain) =>
        CertificateUri.Of(certificate) is { } uri ? Parse(uri, trustDomain) : null;

    /// <summary>Whether a certificate says who calls.</summary>
    public bool IsKnown => _terminalId is not null || _concentratorId is not null;

    /// <summary>Null when this caller may speak for that terminal of that merchant.</summary>
    public Refusal? Refuses(Merchant merchant, string terminalId)
    {
        if (_terminalId is not null) return _terminalId == terminalId ? null : Refusal.TerminalNotBound;
        if (_concentratorId is not null)
            return merchant.Concentrators.Contains(_concentratorId) ? null : Refusal.TerminalNotBound;
        return null;
    }

    private static CallerIdentity? Parse(string uri, string trustDomain)
    {
        var terminal = $"spiffe://{trustDomain}/terminal/";
        if (uri.StartsWith(terminal, StringComparison.Ordinal) && uri.Length > terminal.Length)
            return new CallerIdentity(Uri.UnescapeDataString(uri[terminal.Length..]), null);
        var concentrator = $"spiffe://{trustDomain}/concentrator/";
        return uri.StartsWith(concentrator, StringComparison.Ordinal) && uri.Length > concentrator.Length
            ? new CallerIdentity(null, Uri.UnescapeDataString(uri[concentrator.Length..]))
            : null;
    }
}
