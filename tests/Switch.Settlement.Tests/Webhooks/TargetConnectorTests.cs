using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Switch.Settlement.Webhooks;

namespace Switch.Settlement.Tests.Webhooks;

public sealed class TargetConnectorTests
{
    private static readonly TargetRules Loopback = new(IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128"));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("2130706433")]
    public async Task Send_LoopbackByDefault_IsRefusedBeforeAConnection(string host)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var result = await SendAsync(
            new TargetRules(), receiver.Url.Replace("127.0.0.1", host, StringComparison.Ordinal));
        Assert.Equal(new AttemptResult(AttemptKind.Failed, 0, "the address is private or reserved"), result);
        Assert.Empty(receiver.Calls);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task Send_LoopbackAllowed_IsReached(string host)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var result = await SendAsync(Loopback, receiver.Url.Replace("127.0.0.1", host, StringComparison.Ordinal));
        Assert.Equal(AttemptKind.Delivered, result.Kind);
        Assert.Single(receiver.Calls);
    }

    [Fact]
    public async Task Send_OneBadAddressAmongGood_IsRefused()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var result = await SendAsync(
            Loopback, receiver.Url.Replace("127.0.0.1", "erp.example.com", StringComparison.Ordinal),
            resolve: _ => [IPAddress.Loopback, IPAddress.Parse("10.0.0.1")]);
        Assert.Equal("the address is private or reserved", result.Reason);
        Assert.Empty(receiver.Calls);
    }

    [Fact]
    public async Task Send_NameThatMoves_TheJudgedAddressIsConnectedTo()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var asked = 0;
        var result = await SendAsync(
            Loopback, receiver.Url.Replace("127.0.0.1", "erp.example.com", StringComparison.Ordinal),
            resolve: _ => [++asked == 1 ? IPAddress.Loopback : IPAddress.Parse("10.0.0.1")]);
        Assert.Equal(AttemptKind.Delivered, result.Kind);
        Assert.Equal(1, asked);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Send_RedirectToLoopback_IsNotFollowed(int status)
    {
        await using var secret = await WebhookReceiver.StartAsync();
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = (_, context) =>
        {
            context.Response.Headers.Location = secret.Url;
            return WebhookReceiver.Status(context, status);
        };
        var result = await SendAsync(Loopback, receiver.Url);
        Assert.Equal(
            new AttemptResult(AttemptKind.Failed, status, $"answered {status}; redirects are not followed"), result);
        Assert.Single(receiver.Calls);
        Assert.Empty(secret.Calls);
    }

    [Fact]
    public async Task Send_Https_ATrustedCertificateOnly()
    {
        using var certificate = Certificate();
        await using var receiver = await WebhookReceiver.StartAsync(certificate);
        var url = receiver.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        Assert.StartsWith("https://", url, StringComparison.Ordinal);

        Assert.Equal(AttemptKind.Delivered, (await SendAsync(Loopback, url, [certificate])).Kind);
        Assert.Equal(
            "TLS failed: certificate or protocol not acceptable", (await SendAsync(Loopback, url)).Reason);
        // The certificate is of another name.
        Assert.Equal(
            "TLS failed: certificate or protocol not acceptable",
            (await SendAsync(Loopback, receiver.Url, [certificate])).Reason);
        Assert.Single(receiver.Calls);
    }

    [Fact]
    public async Task Send_NobodyListens_SaysSo()
    {
        var receiver = await WebhookReceiver.StartAsync();
        var url = receiver.Url;
        await receiver.DisposeAsync();
        Assert.Equal("no connection: ConnectionRefused", (await SendAsync(Loopback, url)).Reason);
    }

    [Fact]
    public async Task Send_AnswerOfManyBytes_KeepsNothingOfIt()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = async (_, context) =>
        {
            context.Response.StatusCode = 500;
            await context.Response.WriteAsync(new string('x', 1 << 20), context.RequestAborted);
        };
        Assert.Equal(
            new AttemptResult(AttemptKind.Failed, 500, "answered 500"),
            await SendAsync(Loopback, receiver.Url));
    }

    private static async Task<AttemptResult> SendAsync(
        TargetRules rules, string url, X509Certificate2Collection? roots = null,
        Func<string, IPAddress[]>? resolve = null)
    {
        var handler = TargetConnector.CreateHandler(
            rules, roots, resolve is null ? null : (name, _) => Task.FromResult(resolve(name)));
        using var sender = new DeliverySender(handler, new WebhookOptions(), TimeProvider.System);
        return await sender.SendAsync(
            url, WebhookMessage.Of(WebhookSamples.Authorized(), 1)!, [WebhookSecret.Create()],
            TestContext.Current.CancellationToken);
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var signed = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(signed.Export(X509ContentType.Pfx), null);
    }
}
