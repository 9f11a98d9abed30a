using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Switch.Service.Files;

namespace Switch.Service.Hosting;

/// <summary>
/// The TLS side of the listeners. The files are read again when they change; handshakes in progress keep what
/// they started with. Files that can't be used change nothing.
/// </summary>
internal sealed class TlsCertificates : IDisposable
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(5);

    private readonly TlsOptions _options;
    private readonly ILogger<TlsCertificates> _logger;
    private readonly string[] _paths;
    private readonly WatchedFiles _files;
    private volatile SslServerAuthenticationOptions _current;
    private string _seen;

    /// <exception cref="InvalidConfigurationException">A file is missing or is no certificate or key.</exception>
    public TlsCertificates(TlsOptions options, TimeProvider time, ILogger<TlsCertificates> logger)
    {
        _options = options;
        _logger = logger;
        _paths = options.ClientCaPath is { } caPath
            ? [options.CertificatePath, options.KeyPath, caPath]
            : [options.CertificatePath, options.KeyPath];
        // Before they are loaded: what changes in between is loaded once more.
        _seen = ContentHash.OfFiles(_paths);
        _current = Load();
        _files = new WatchedFiles(() => _paths, PollInterval, Look, time, logger);
    }

    /// <summary>What the next handshake uses.</summary>
    public SslServerAuthenticationOptions Current => _current;

    public void Dispose() => _files.Dispose();

    private bool Look()
    {
        var seen = ContentHash.OfFiles(_paths);
        if (seen == _seen) return false;
        // Also when they turn out unusable: that is said once a change, not with every look.
        _seen = seen;
        try
        {
            _current = Load();
            return true;
        }
        catch (InvalidConfigurationException e)
        {
            Log.CertificateRefused(_logger, string.Join("; ", e.Faults));
            return false;
        }
    }

    private SslServerAuthenticationOptions Load()
    {
        var faults = new List<string>();
        var certificates = ReadText(nameof(TlsOptions.CertificatePath), _options.CertificatePath, faults);
        var key = ReadText(nameof(TlsOptions.KeyPath), _options.KeyPath, faults);
        var chain = ReadCertificates(
            nameof(TlsOptions.CertificatePath), _options.CertificatePath, certificates, faults);
        var roots = _options.ClientCaPath is not { } caPath ? null : ReadCertificates(
            nameof(TlsOptions.ClientCaPath), caPath, ReadText(nameof(TlsOptions.ClientCaPath), caPath, faults), faults);
        var leaf = chain is null || key is null ? null : ReadLeaf(certificates!, key, faults);
        if (faults.Count > 0) throw new InvalidConfigurationException(faults);

        Log.CertificateLoaded(_logger, leaf!.NotAfter.ToUniversalTime());
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(leaf, chain, offline: true),
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        };
        if (roots is not null) RequireClientCertificate(options, roots);
        return options;
    }

    private static void RequireClientCertificate(
        SslServerAuthenticationOptions options, X509Certificate2Collection roots)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            // A stranger's certificate must not make this server fetch what it names.
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(roots);
        policy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        options.ClientCertificateRequired = true;
        options.CertificateChainPolicy = policy;
    }

    private X509Certificate2? ReadLeaf(string certificates, string key, List<string> faults)
    {
        try
        {
            using var pem = X509Certificate2.CreateFromPem(certificates, key);
            // SslStream wants a certificate whose key is persisted in it on some platforms.
            return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            faults.Add($"{PathOf(nameof(TlsOptions.KeyPath))}: {_options.KeyPath} holds no private key (PEM) "
                + $"of the certificate in {_options.CertificatePath}");
            return null;
        }
    }

    private static X509Certificate2Collection? ReadCertificates(
        string key, string path, string? text, List<string> faults)
    {
        if (text is null) return null;
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(text);
        }
        catch (CryptographicException)
        {
            certificates.Clear();
        }

        if (certificates.Count > 0) return certificates;
        faults.Add($"{PathOf(key)}: {path} holds no certificate (PEM)");
        return null;
    }

    private static string? ReadText(string key, string path, List<string> faults)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add($"{PathOf(key)}: {e.Message}");
            return null;
        }
    }

    private static string PathOf(string key) => $"{SwitchOptions.Section}:{nameof(SwitchOptions.Tls)}:{key}";
}
