using System.Net;

namespace Switch.Settlement.Webhooks;

/// <summary>Which addresses of the web an endpoint may have.</summary>
internal static class TargetUrl
{
    /// <summary>Longest address in characters.</summary>
    public const int LengthMax = 2048;

    /// <summary>What is wrong with an address, for a person; null when nothing is.</summary>
    /// <param name="url">As the merchant gave it.</param>
    /// <param name="allowHttp">Whether it may be without TLS.</param>
    /// <param name="targets">Which hosts may be reached. Names are judged when they are connected to.</param>
    public static string? FaultOf(string url, bool allowHttp, TargetRules targets)
    {
        if (url.Length is 0 or > LengthMax) return $"the URL must have 1 to {LengthMax} characters";
        if (url.Any(c => c <= ' ' || c == '\\' || c >= 127))
            return "the URL must be plain ASCII without spaces and backslashes (write others percent-encoded)";
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri)) return "the URL is not an absolute one";
        if (uri.Scheme != Uri.UriSchemeHttps && !(allowHttp && uri.Scheme == Uri.UriSchemeHttp))
            return allowHttp ? "the URL must begin with https:// or http://" : "the URL must begin with https://";
        if (uri.UserInfo.Length > 0 || url.AsSpan().IndexOf('@') is var at && at >= 0 && at < PathStart(url))
            return "the URL must not hold a user name or password";
        if (url.Contains('#', StringComparison.Ordinal)) return "the URL must not hold a fragment (#)";
        if (uri.Host.Length == 0 || uri.Port is < 1 or > 65_535) return "the URL names no host, or port 0";
        if (IPAddress.TryParse(uri.DnsSafeHost, out var address) && !targets.Allows(address))
            return "the URL's address is private, reserved or of the cloud's own services";
        return null;
    }

    private static int PathStart(string url)
    {
        var host = url.IndexOf("//", StringComparison.Ordinal) + 2;
        var path = url.AsSpan(host).IndexOfAny('/', '?');
        return path < 0 ? url.Length : host + path;
    }
}
