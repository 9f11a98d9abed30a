using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Switch.Contracts.V1;
using Switch.Simulator;
using Switch.Testing;

namespace Switch.EndToEnd.Tests;

/// <summary>
/// The terminal port with TLS and mTLS: which versions, whose certificates, and who may speak for whom.
/// </summary>
public sealed class TlsTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("switch-tls-").FullName;
    private readonly TestCertificates _ca = new("Switch test CA");
    private readonly List<IDisposable> _owned = [];
    private SwitchUnderTest _switch = null!;

    private string CertificatePath => Path.Combine(_folder, "tls.crt");

    private string KeyPath => Path.Combine(_folder, "tls.key");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _ca.WriteServer(CertificatePath, KeyPath).Dispose();
        var caPath = Path.Combine(_folder, "ca.crt");
        await File.WriteAllTextAsync(caPath, _ca.Authority.ExportCertificatePem(), Token);
        _switch = await SwitchUnderTest.StartAsync(
            ("Switch:Tls:CertificatePath", CertificatePath),
            ("Switch:Tls:KeyPath", KeyPath),
            ("Switch:Tls:ClientCaPath", caPath),
            ("Switch:Tls:TrustDomain", "pos.test"));
    }

    public async ValueTask DisposeAsync()
    {
        await _switch.DisposeAsync();
        foreach (var owned in _owned) owned.Dispose();
        _ca.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Terminal_WithItsCertificate_SpeaksForItselfOnly()
    {
        var client = ClientWith(_ca.Client("any", "spiffe://pos.test/terminal/BK000001"));

        Assert.Equal(
            Outcome.Approved, (await client.AuthorizeAsync(Payments.Purchase(), cancellationToken: Token)).Outcome);

        var other = Payments.Purchase();
        other.TerminalId = "BK000002";
        await AssertRefusedAsync(client, other, StatusCode.PermissionDenied, "TERMINAL_NOT_BOUND");
        var reversal = Payments.ReverseOf(other);
        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await client.ReverseAsync(reversal, cancellationToken: Token));
        Assert.Equal((StatusCode.PermissionDenied, "TERMINAL_NOT_BOUND"), (error.StatusCode, ReasonOf(error)));
        var lookup = new GetTransactionRequest { Key = Payments.KeyOf(other) };
        error = await Assert.ThrowsAsync<RpcException>(
            async () => await client.GetTransactionAsync(lookup, cancellationToken: Token));
        Assert.Equal((StatusCode.PermissionDenied, "TERMINAL_NOT_BOUND"), (error.StatusCode, ReasonOf(error)));
        Assert.Single(_switch.Sandbox.Alpha.Ledger.Entries());
    }

    [Fact]
    public async Task GetTransaction_ById_TellsOnlyWhoMaySpeakForItsTerminal()
    {
        _switch.Sandbox.Alpha.Scenario = Scenario.Parse("""rules: [{ when: { amount: 151 }, then: { code: "51" } }]""");
        var owner = ClientWith(_ca.Client("any", "spiffe://pos.test/terminal/MP000001"));
        var concentrator = ClientWith(_ca.Client("any", "spiffe://pos.test/concentrator/lilas-backoffice"));
        var neighbour = ClientWith(_ca.Client("any", "spiffe://pos.test/terminal/MP000002"));
        var stranger = ClientWith(_ca.Client("any", "spiffe://pos.test/concentrator/somebody"));
        foreach (var amount in new long[] { 1290, 151 })
        {
            var answer = await owner.AuthorizeAsync(AtMarket("MP000001", amount), cancellationToken: Token);
            var lookup = new GetTransactionRequest { TransactionId = answer.TransactionId };
            foreach (var client in new[] { owner, concentrator })
                Assert.Equal(answer, (await client.GetTransactionAsync(lookup, cancellationToken: Token)).Response);
            foreach (var client in new[] { neighbour, stranger })
            {
                var error = await Assert.ThrowsAsync<RpcException>(
                    async () => await client.GetTransactionAsync(lookup, cancellationToken: Token));
                Assert.Equal("TERMINAL_NOT_BOUND", ReasonOf(error));
            }
        }
    }

    [Fact]
    public async Task Concentrator_SpeaksForTheMerchantsThatListIt_AndForNoOther()
    {
        var client = ClientWith(_ca.Client("any", "spiffe://pos.test/concentrator/lilas-backoffice"));
        foreach (var terminal in (string[])["MP000001", "MP000003"])
        {
            var answer = await client.AuthorizeAsync(AtMarket(terminal), cancellationToken: Token);
            Assert.Equal(Outcome.Approved, answer.Outcome);
        }

        await AssertRefusedAsync(client, Payments.Purchase(), StatusCode.PermissionDenied, "TERMINAL_NOT_BOUND");
        var stranger = ClientWith(_ca.Client("any", "spiffe://pos.test/concentrator/somebody"));
        await AssertRefusedAsync(stranger, AtMarket("MP000001"), StatusCode.PermissionDenied, "TERMINAL_NOT_BOUND");
    }

    [Fact]
    public async Task Stream_TerminalNotBound_IsAnsweredInPlace_AndTheStreamGoesOn()
    {
        var client = ClientWith(_ca.Client("any", "spiffe://pos.test/concentrator/lilas-backoffice"));
        using var call = client.AuthorizeStream(cancellationToken: Token);
        var foreign = Payments.Purchase();
        await call.RequestStream.WriteAsync(new AuthorizeStreamRequest { Request = foreign }, Token);
        Assert.True(await call.ResponseStream.MoveNext(Token));
        var refused = call.ResponseStream.Current;
        Assert.Equal(
            (foreign.IdempotencyKey, (int)StatusCode.PermissionDenied), (refused.IdempotencyKey, refused.Error.Code));
        Assert.Equal("TERMINAL_NOT_BOUND", refused.Error.GetDetail<ErrorInfo>()!.Reason);

        var own = AtMarket("MP000002");
        await call.RequestStream.WriteAsync(new AuthorizeStreamRequest { Request = own }, Token);
        Assert.True(await call.ResponseStream.MoveNext(Token));
        Assert.Equal((own.IdempotencyKey, Outcome.Approved), (
            call.ResponseStream.Current.IdempotencyKey, call.ResponseStream.Current.Response.Outcome));
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(Token));
    }

    [Theory]
    [InlineData("BK000001")]
    [InlineData("any", "spiffe://elsewhere.test/terminal/BK000001")]
    [InlineData("any", "spiffe://pos.test/merchant/BAKERY-BERLIN")]
    [InlineData("any", "spiffe://pos.test/terminal/")]
    [InlineData("any", "spiffe://pos.test/terminal/BK000001", "spiffe://pos.test/terminal/BK000002")]
    public async Task Certificate_ThatNamesNobodyHere_IsUnauthenticated(string commonName, params string[] uris)
    {
        var client = ClientWith(_ca.Client(commonName, uris));
        await AssertRefusedAsync(client, Payments.Purchase(), StatusCode.Unauthenticated, "TERMINAL_UNKNOWN");
        Assert.Empty(_switch.Sandbox.Alpha.Ledger.Entries());
    }

    [Fact]
    public async Task Caller_WithoutACertificate_OrWithOneOfAnotherAuthority_GetsNoConnection()
    {
        using var stranger = new TestCertificates("Switch test CA"); // the same name, another key
        foreach (var certificate in (X509Certificate2?[])[null, stranger.Client("any",
            "spiffe://pos.test/terminal/BK000001")])
        {
            var error = await Assert.ThrowsAsync<RpcException>(
                async () =>
                    await ClientWith(certificate).AuthorizeAsync(Payments.Purchase(), cancellationToken: Token));
            Assert.Contains(error.StatusCode, (StatusCode[])[StatusCode.Unavailable, StatusCode.Internal]);
            Assert.Null(error.GetRpcStatus()); // not an answer of the switch: the handshake failed
        }

        Assert.Empty(_switch.Sandbox.Alpha.Ledger.Entries());
    }

    [Fact]
    public async Task ServerCertificate_ShownAsAClients_IsRefused()
    {
        using var certificate = _ca.WriteServer(Path.Combine(_folder, "other.crt"), Path.Combine(_folder, "other.key"));
        var shown = X509Certificate2.CreateFromPemFile(
            Path.Combine(_folder, "other.crt"), Path.Combine(_folder, "other.key"));
        await Assert.ThrowsAsync<RpcException>(
            async () => await ClientWith(shown).AuthorizeAsync(Payments.Purchase(), cancellationToken: Token));
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Handshake_WithAModernVersion_Succeeds(SslProtocols version)
    {
        using var tls = await HandshakeAsync(version);
        Assert.Equal((version, SslApplicationProtocol.Http2), (tls.SslProtocol, tls.NegotiatedApplicationProtocol));
    }

    [Fact]
    public async Task Handshake_WithTls11_Fails()
    {
#pragma warning disable SYSLIB0039, CA5397 // Asked for to see it refused.
        var error = await Assert.ThrowsAnyAsync<Exception>(() => HandshakeAsync(SslProtocols.Tls11));
#pragma warning restore SYSLIB0039, CA5397
        Assert.True(error is AuthenticationException or IOException, error.ToString());
    }

    [Fact]
    public async Task Plaintext_ToATlsPort_Fails_AndProbesStayPlain()
    {
        var address = new UriBuilder(_switch.Sandbox.Terminals) { Scheme = "http" }.Uri.ToString();
        var client = new AuthorizationService.AuthorizationServiceClient(_switch.Channel(address));
        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await client.AuthorizeAsync(Payments.Purchase(), cancellationToken: Token));
        Assert.Null(error.GetRpcStatus());

        using var http = new HttpClient();
        Assert.Contains("phase: healthy", await http.GetStringAsync($"{_switch.Sandbox.Management}/readyz", Token),
            StringComparison.Ordinal);
        Assert.DoesNotContain(_switch.Log.Lines, line => line.EventId == 1001 && line.Text.StartsWith(
            "Switch.Service", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reload_ReplacedFiles_ServeNewConnections_AndABrokenOneKeepsTheOld()
    {
        using var first = await HandshakeAsync(SslProtocols.Tls13);
        using var replacement = _ca.WriteServer(CertificatePath, KeyPath, "the-new-one");
        // Older than what it replaces, as a file that was prepared beforehand: it is the content that counts.
        File.SetLastWriteTimeUtc(CertificatePath, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await WaitForSubjectAsync("CN=the-new-one");
        Assert.Equal("CN=localhost", first.RemoteCertificate!.Subject);

        var key = await File.ReadAllTextAsync(KeyPath, Token);
        await File.WriteAllTextAsync(KeyPath, "no key at all", Token);
        await Eventually.TrueAsync(
            () => _switch.Log.Lines.Any(
                line => line.EventId == 1005 && line.Text.Contains("Switch:Tls:KeyPath", StringComparison.Ordinal)),
            "log event 1005", TimeSpan.FromSeconds(30), Token);
        await WaitForSubjectAsync("CN=the-new-one");

        // Mended under the same certificate, and then replaced again: a refusal is not for ever.
        await File.WriteAllTextAsync(KeyPath, key, Token);
        _ca.WriteServer(CertificatePath, KeyPath, "the-newest").Dispose();
        await WaitForSubjectAsync("CN=the-newest");
    }

    private async Task WaitForSubjectAsync(string subject) =>
        await Eventually.TrueAsync(
            async () =>
            {
                using var tls = await HandshakeAsync(SslProtocols.Tls13);
                return tls.RemoteCertificate!.Subject == subject;
            },
            subject, TimeSpan.FromSeconds(30), Token);

    private async Task<SslStream> HandshakeAsync(SslProtocols version)
    {
        var port = new Uri(_switch.Sandbox.Terminals).Port;
        var socket = new TcpClient();
        _owned.Add(socket);
        await socket.ConnectAsync("127.0.0.1", port, Token);
        var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                EnabledSslProtocols = version,
                ApplicationProtocols = [SslApplicationProtocol.Http2],
                ClientCertificates = [_ca.Client("any", "spiffe://pos.test/terminal/BK000001")],
                CertificateChainPolicy = Policy(),
            },
            Token);
        return tls;
    }

    private AuthorizationService.AuthorizationServiceClient ClientWith(X509Certificate2? certificate)
    {
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Policy() },
        };
        if (certificate is not null) handler.SslOptions.ClientCertificates = [certificate];
        var channel = GrpcChannel.ForAddress(
            _switch.Sandbox.Terminals, new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
        _owned.Add(channel);
        return new AuthorizationService.AuthorizationServiceClient(channel);
    }

    private X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust };
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.CustomTrustStore.Add(_ca.Authority);
        return policy;
    }

    private static AuthorizeRequest AtMarket(string terminal, long amount = 1290)
    {
        var request = Payments.Purchase(amount);
        request.MerchantId = "MARKET-PARIS";
        request.TerminalId = terminal;
        return request;
    }

    private static async Task AssertRefusedAsync(
        AuthorizationService.AuthorizationServiceClient client, AuthorizeRequest request, StatusCode code,
        string reason)
    {
        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await client.AuthorizeAsync(request, cancellationToken: Token));
        Assert.Equal((code, reason), (error.StatusCode, ReasonOf(error)));
    }

    private static string? ReasonOf(RpcException error) => error.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason;
}
