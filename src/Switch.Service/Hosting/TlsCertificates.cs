using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Switch.Service.Hosting;

/// <summary>
/// The TLS side of the terminal listener. Certificates are looked at again every few seconds and swapped when their
/// files changed; handshakes in progress keep what they started with. A file that can't be used changes nothing.
/// </summary>
internal sealed class TlsCertificates : IDisposable
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(5);

    private readonly TlsOptions _options;
    private readonly ILogger<TlsCertificates> _logger;
    private readonly ITimer _timer;
    private volatile SslServerAuthenticationOptions _current;
    private DateTime _changedAt;

    /// <exception cref="InvalidConfigurationException">A file is missing or is no certificate or key.</exception>
    public TlsCertificates(TlsOptions options, TimeProvider time, ILogger<TlsCertificates> logger)
    {
        _options = options;
        _logger = logger;
        try
        {
            _changedAt = ChangedAt();
            _current = Load();
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidConfigurationException([$"Switch:Tls: {e.Message}"]);
        }

        _timer = time.CreateTimer(_ => ReloadIfChanged(), null, CheckInterval, CheckInterval);
    }

    /// <summary>What the next handshake uses.</summary>
    public SslServerAuthenticationOptions Current => _current;

    public void Dispose() => _timer.Dispose();

    /// <summary>Reads the files again if any of them changed.</summary>
    internal void ReloadIfChanged()
    {
        try
        {
            var changedAt = ChangedAt();
            if (changedAt == _changedAt) return;
            _current = Load();
            _changedAt = changedAt;
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            Log.CertificateRefused(_logger, e.Message);
        }
    }

    private DateTime ChangedAt()
    {
        var latest = DateTime.MinValue;
        foreach (var path in (string?[])[_options.CertificatePath, _options.KeyPath, _options.ClientCaPath])
        {
            if (path is null) continue;
            if (!File.Exists(path)) throw new FileNotFoundException($"no file {path}");
            var changed = File.GetLastWriteTimeUtc(path);
            if (changed > latest) latest = changed;
        }

        return latest;
    }

    private SslServerAuthenticationOptions Load()
    {
        using var pem = X509Certificate2.CreateFromPemFile(_options.CertificatePath, _options.KeyPath);
        // SslStream wants a certificate whose key is persisted in it on some platforms.
        var leaf = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(_options.CertificatePath);
        Log.CertificateLoaded(_logger, leaf.NotAfter.ToUniversalTime());
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(leaf, chain, offline: true),
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            EnabledSslProtocols = System.Security.Authentication.SslProtocols.Tls12
                | System.Security.Authentication.SslProtocols.Tls13,
        };
        if (_options.ClientCaPath is { } caPath) RequireClientCertificate(options, caPath);
        return options;
    }

    private static void RequireClientCertificate(SslServerAuthenticationOptions options, string caPath)
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(caPath);
        options.ClientCertificateRequired = true;
        options.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            if (certificate is null) return false;
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(roots);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.2")); // client authentication
            using var copy = new X509Certificate2(certificate);
            return chain.Build(copy);
        };
    }
}
