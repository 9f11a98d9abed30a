using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Switch.Service.Hosting;

/// <summary>
/// The TLS side of the terminal listener. The files are looked at again every few seconds and used when their contents
/// changed; handshakes in progress keep what they started with. Files that can't be used change nothing.
/// </summary>
internal sealed class TlsCertificates : IDisposable
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(5);

    private readonly TlsOptions _options;
    private readonly ILogger<TlsCertificates> _logger;
    private readonly ITimer _timer;
    private readonly Lock _reading = new();
    private volatile SslServerAuthenticationOptions _current;
    private string _seen;

    /// <exception cref="InvalidConfigurationException">A file is missing or is no certificate or key.</exception>
    public TlsCertificates(TlsOptions options, TimeProvider time, ILogger<TlsCertificates> logger)
    {
        _options = options;
        _logger = logger;
        _seen = HashOfFiles();
        _current = Load();
        _timer = time.CreateTimer(_ => ReloadIfChanged(), null, CheckInterval, CheckInterval);
    }

    /// <summary>What the next handshake uses.</summary>
    public SslServerAuthenticationOptions Current => _current;

    public void Dispose() => _timer.Dispose();

    /// <summary>Reads the files again if any of them changed.</summary>
    internal void ReloadIfChanged()
    {
        // A slow disk may let two ticks meet; the second has nothing to add.
        if (!_reading.TryEnter()) return;
        try
        {
            var seen = HashOfFiles();
            if (seen == _seen) return;
            // Also when they turn out unusable: that is said once a change, not every few seconds.
            _seen = seen;
            _current = Load();
        }
        catch (InvalidConfigurationException e)
        {
            Log.CertificateRefused(_logger, string.Join("; ", e.Faults));
        }
        finally
        {
            _reading.Exit();
        }
    }

    // By content, not by time: a Kubernetes secret changes behind symbolic links whose own times stay, and a
    // certificate that was made before the present one may be put in its place.
    private string HashOfFiles()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in (string?[])[_options.CertificatePath, _options.KeyPath, _options.ClientCaPath])
        {
            byte[] content = [];
            try
            {
                if (path is not null) content = File.ReadAllBytes(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Load tries again and says why; here it only counts that there is nothing.
            }

            hash.AppendData(BitConverter.GetBytes(content.Length));
            hash.AppendData(content);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
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
