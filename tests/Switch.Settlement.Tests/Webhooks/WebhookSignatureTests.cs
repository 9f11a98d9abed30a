using System.Text;
using Microsoft.AspNetCore.Http;
using StandardWebhooks;
using StandardWebhooks.Diagnostics;
using Switch.Settlement.Webhooks;

namespace Switch.Settlement.Tests.Webhooks;

public sealed class WebhookSignatureTests
{
    private static readonly byte[] Body =
        Encoding.UTF8.GetBytes("""{"type":"payment.authorized","data":{"name":"Ä€"}}""");

    [Fact]
    public void Sign_PublishedExample_IsTheKnownSignature()
    {
        Assert.True(WebhookSecret.TryParse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", out var secret));
        var signature = WebhookSignature.Sign(
            [secret!], "msg_p5jXN8AQM9LWM0D4loKWxJek", DateTimeOffset.FromUnixTimeSeconds(1614265330),
            """{"test": 2432232314}"""u8);
        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", signature);
    }

    [Fact]
    public void Sign_OneSecret_TheLibraryVerifies()
    {
        var secret = WebhookSecret.Create();
        var headers = Headers([secret]);
        new StandardWebhook(secret.Reveal()).Verify(Encoding.UTF8.GetString(Body), headers);
        Assert.Throws<WebhookVerificationException>(
            () => new StandardWebhook(secret.Reveal()).Verify("{}", headers));
        Assert.Throws<WebhookVerificationException>(
            () => new StandardWebhook(WebhookSecret.Create().Reveal()).Verify(Encoding.UTF8.GetString(Body), headers));
    }

    [Fact]
    public void Sign_TwoSecrets_TheLibraryVerifiesWithEither()
    {
        WebhookSecret[] secrets = [WebhookSecret.Create(), WebhookSecret.Create()];
        var headers = Headers(secrets);
        foreach (var secret in secrets)
            new StandardWebhook(secret.Reveal()).Verify(Encoding.UTF8.GetString(Body), headers);
    }

    [Fact]
    public void Sign_NoSecret_Throws() =>
        Assert.Throws<ArgumentException>(() => WebhookSignature.Sign([], "evt_1", DateTimeOffset.UnixEpoch, Body));

    [Theory]
    [InlineData(23, false)]
    [InlineData(24, true)]
    [InlineData(64, true)]
    [InlineData(65, false)]
    [InlineData(66, false)]
    [InlineData(300, false)]
    public void TryParse_Length_IsThatOfTheStandard(int length, bool accepted) =>
        Assert.Equal(accepted, WebhookSecret.TryParse("whsec_" + Convert.ToBase64String(new byte[length]), out _));

    [Theory]
    [InlineData("")]
    [InlineData("whsec_")]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("whsec_not base64 not base64 not base64!!")]
    public void TryParse_NoSecret_IsRefused(string text) => Assert.False(WebhookSecret.TryParse(text, out _));

    [Fact]
    public void Secret_Printed_IsMasked()
    {
        var secret = WebhookSecret.Create();
        Assert.Equal("whsec_***", $"{secret}");
        Assert.DoesNotContain(secret.Reveal(), $"{new IssuedSecret("ep_1", secret)}", StringComparison.Ordinal);
    }

    private static HeaderDictionary Headers(WebhookSecret[] secrets)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new HeaderDictionary
        {
            [WebhookSignature.IdHeader] = "evt_1",
            [WebhookSignature.TimestampHeader] = $"{now.ToUnixTimeSeconds()}",
            [WebhookSignature.SignatureHeader] = WebhookSignature.Sign(secrets, "evt_1", now, Body),
        };
    }
}
