using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Google.Rpc;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;
using Switch.Contracts.V1;
using Switch.Sandbox;
using Switch.Testing;

namespace Switch.EndToEnd.Tests;

/// <summary>
/// Where the operations API is served and to whom: it closes reversals that are owed, so it is no easier to reach than
/// the terminal API.
/// </summary>
public sealed class OperationsListenerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("switch-operations-").FullName;
    private readonly TestCertificates _ca = new("Switch test CA");
    private readonly List<GrpcChannel> _channels = [];
    private readonly LogCapture _log = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        foreach (var channel in _channels) channel.Dispose();
        _ca.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("false", "127.0.0.1", "on loopback only, not on *:0 as configured: Switch:AllowPlaintext is not set")]
    [InlineData("true", "[::]", "Switch:AllowPlaintext is set")]
    public async Task WithoutTls_EveryInterface_NeedsAllowPlaintext_AndIsSaid(string allow, string host, string why)
    {
        await using var sandbox = await StartAsync(
            ("Switch:Listen:Operations", "*:0"), ("Switch:AllowPlaintext", allow));

        Assert.Equal(host, new Uri(sandbox.Operations).Host);
        var line = Assert.Single(_log.Lines, line => line.EventId == 1001
            && line.Text.Contains("the operations API is served in plaintext", StringComparison.Ordinal));
        Assert.Contains(why, line.Text, StringComparison.Ordinal);
        await AnswersAsync(Channel(sandbox.Operations, "http", null));
    }

    [Fact]
    public async Task WithTls_BeyondLoopback_IsServedWithTls_ToOperatorsOnly()
    {
        await using var sandbox = await StartAsync([("Switch:Listen:Operations", "0.0.0.0:0"), .. Tls()]);

        using var @operator = _ca.Client("any", "spiffe://pos.test/operator/ines");
        await AnswersAsync(Channel(sandbox.Operations, "https", @operator));
        string[] others = ["terminal/BK000001", "concentrator/lilas-backoffice", "operator/", "operators/i"];
        foreach (var uri in others)
        {
            using var certificate = _ca.Client("ines", $"spiffe://pos.test/{uri}");
            var client = new OperationsService.OperationsServiceClient(
                Channel(sandbox.Operations, "https", certificate));
            await RefusedAsync(async () => await client.ResolveParkedAdviceAsync(new(), cancellationToken: Token));
            await RefusedAsync(async () => await client.ListParkedAdvicesAsync(new(), cancellationToken: Token));
            await RefusedAsync(async () => await client.ExplainRouteAsync(new(), cancellationToken: Token));
        }

        foreach (var scheme in (string[])["http", "https"])
        {
            var error = await Assert.ThrowsAsync<RpcException>(
                () => AnswersAsync(Channel(sandbox.Operations, scheme, null)));
            Assert.Null(error.GetRpcStatus()); // not an answer of the switch: no connection
        }
    }

    [Fact]
    public async Task WithTls_OnLoopback_StaysPlain_AndProbesNeedNoCertificateAnywhere()
    {
        await using var sandbox = await StartAsync([("Switch:Listen:Management", "0.0.0.0:0"), .. Tls()]);

        await AnswersAsync(Channel(sandbox.Operations, "http", null));
        using var http = new HttpClient();
        foreach (var path in (string[])["livez", "readyz", "metrics"])
        {
            var address = new UriBuilder(sandbox.Management) { Host = "127.0.0.1", Path = path }.Uri;
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(address, Token)).StatusCode);
        }
    }

    private async Task<SandboxHost> StartAsync(params (string Path, string? Value)[] configuration) =>
        await SandboxHost.StartAsync(
            new SandboxSettings
            {
                PreferFixedPorts = false,
                Logging = logging => logging.AddProvider(_log).SetMinimumLevel(LogLevel.Warning),
                Configuration = SwitchUnderTest.Configured(configuration),
            },
            Token);

    private (string Path, string? Value)[] Tls()
    {
        var (certificate, key) = (Path.Combine(_folder, "tls.crt"), Path.Combine(_folder, "tls.key"));
        var authority = Path.Combine(_folder, "ca.crt");
        _ca.WriteServer(certificate, key).Dispose();
        File.WriteAllText(authority, _ca.Authority.ExportCertificatePem());
        return
        [
            ("Switch:Tls:CertificatePath", certificate), ("Switch:Tls:KeyPath", key),
            ("Switch:Tls:ClientCaPath", authority), ("Switch:Tls:TrustDomain", "pos.test"),
        ];
    }

    private static async Task AnswersAsync(GrpcChannel channel)
    {
        var health = new Health.HealthClient(channel);
        var live = await health.CheckAsync(new HealthCheckRequest { Service = "live" }, cancellationToken: Token);
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, live.Status);
        var operations = new OperationsService.OperationsServiceClient(channel);
        Assert.Equal(0, (await operations.ListParkedAdvicesAsync(new(), cancellationToken: Token)).Total);
    }

    private static async Task RefusedAsync(Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(
            (StatusCode.PermissionDenied, "OPERATOR_UNKNOWN"),
            (error.StatusCode, error.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason));
    }

    private GrpcChannel Channel(string address, string scheme, X509Certificate2? certificate)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.Add(_ca.Authority);
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy },
        };
        if (certificate is not null) handler.SslOptions.ClientCertificates = [certificate];
        var channel = GrpcChannel.ForAddress(
            new UriBuilder(address) { Scheme = scheme, Host = "127.0.0.1" }.Uri,
            new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
        _channels.Add(channel);
        return channel;
    }
}
