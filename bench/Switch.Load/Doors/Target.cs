using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using Switch.Contracts.V1;

namespace Switch.Load.Doors;

/// <summary>Where the switch is, and how to prove who is who.</summary>
internal sealed record Target
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(5);

    public required Uri Address { get; init; }

    /// <summary>PEM file of the authorities that the switch's certificate must come from; null: the system's.</summary>
    public string? AuthoritiesPath { get; init; }

    /// <summary>PEM file of the client's certificate chain, leaf first; null: none is shown.</summary>
    public string? CertificatePath { get; init; }

    /// <summary>PEM file of its key; null: it is in <see cref="CertificatePath"/>.</summary>
    public string? KeyPath { get; init; }

    /// <summary>The name that the switch's certificate must be for; null: the address's host.</summary>
    public string? ServerName { get; init; }

    /// <summary>What can't be used of it, with the name of the option; null when all can.</summary>
    public string? Fault
    {
        get
        {
            var hasTls = AuthoritiesPath ?? CertificatePath ?? KeyPath ?? ServerName;
            if (hasTls is not null && Address.Scheme != Uri.UriSchemeHttps)
                return "--ca, --cert, --key and --server-name need an https address";
            if (KeyPath is not null && CertificatePath is null) return "--key needs --cert";
            try
            {
                _ = SslOptions();
                return null;
            }
            catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
            {
                return $"--ca, --cert or --key can't be used: {e.Message}";
            }
        }
    }

    /// <summary>A channel with one connection of its own.</summary>
    public GrpcChannel Connect() => GrpcChannel.ForAddress(Address, new GrpcChannelOptions
    {
        HttpHandler = new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = false,
            ConnectTimeout = ConnectPatience,
            SslOptions = SslOptions(),
        },
        DisposeHttpClient = true,
    });

    /// <summary>Why nobody who speaks the contract answers there; null when somebody does.</summary>
    public async Task<string?> FindFaultAsync()
    {
        using var channel = Connect();
        var client = new AuthorizationService.AuthorizationServiceClient(channel);
        try
        {
            // A transaction that can't exist: whatever is said of it, somebody has said it.
            var deadline = TimeProvider.System.GetUtcNow().UtcDateTime + ConnectPatience + ConnectPatience;
            await client.GetTransactionAsync(
                new GetTransactionRequest { TransactionId = new string('0', 32) }, null, deadline);
            return null;
        }
        catch (RpcException e)
        {
            var hasAnswered = e.GetRpcStatus() is not null;
            return e.StatusCode switch
            {
                _ when hasAnswered => null,
                StatusCode.Unavailable or StatusCode.Internal =>
                    $"{Address} can't be reached: {Words(e)}{Hint(Words(e))}",
                StatusCode.Unimplemented => $"{Address} does not serve the terminal API",
                StatusCode.DeadlineExceeded => $"{Address} does not answer within {ConnectPatience * 2:ss} s",
                _ => null,
            };
        }
    }

    // The innermost reason says most: "Connection refused", "certificate ... not trusted".
    private static string Words(RpcException e)
    {
        var cause = e.InnerException;
        while (cause?.InnerException is { } inner) cause = inner;
        return cause?.Message ?? e.Status.Detail;
    }

    private static string Hint(string words) =>
        words.Contains("frame size", StringComparison.Ordinal) ? " It does not speak TLS: use http?"
        : words.Contains("HTTP_1_1_REQUIRED", StringComparison.Ordinal) ? " Is that the port of the terminal API?"
        : words.Contains("invalid response", StringComparison.Ordinal) ? " It may speak TLS: use https?"
        : "";

    private SslClientAuthenticationOptions SslOptions()
    {
        var options = new SslClientAuthenticationOptions { TargetHost = ServerName };
        if (AuthoritiesPath is not null)
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(AuthoritiesPath);
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        if (CertificatePath is null) return options;
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(CertificatePath);
        options.ClientCertificateContext = SslStreamCertificateContext.Create(
            X509Certificate2.CreateFromPemFile(CertificatePath, KeyPath), chain, offline: true);
        return options;
    }
}
