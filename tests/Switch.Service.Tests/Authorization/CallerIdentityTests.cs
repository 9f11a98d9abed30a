using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Switch.Service.Authorization;
using Switch.Service.Merchants;

namespace Switch.Service.Tests.Authorization;

/// <summary>Whom a certificate speaks for.</summary>
public sealed class CallerIdentityTests
{
    private static readonly Merchant Market = new(
        "MARKET", "Market", "Paris", "FR", "5411", new[] { "T1", "T 2" }.ToFrozenSet(),
        new[] { "office" }.ToFrozenSet());

    [Theory]
    [InlineData("spiffe://pos.test/terminal/T1", "T1", true)]
    [InlineData("spiffe://pos.test/terminal/T%202", "T 2", true)]
    [InlineData("spiffe://pos.test/terminal/T1", "T 2", false)]
    [InlineData("spiffe://pos.test/terminal/t1", "T1", false)]
    [InlineData("spiffe://pos.test/terminal/T1/more", "T1", false)]
    [InlineData("spiffe://pos.test/concentrator/office", "T1", true)]
    [InlineData("spiffe://pos.test/concentrator/other", "T1", false)]
    public void Certificate_SpeaksForWhomItNames(string uri, string terminal, bool may)
    {
        using var certificate = Certificate(names => names.AddUri(new Uri(uri)));
        var identity = CallerIdentity.Of(certificate, "pos.test");
        Assert.NotNull(identity);
        Assert.Equal(may ? null : Refusal.TerminalNotBound, identity.Refuses(Market, terminal));
    }

    [Theory]
    [InlineData("spiffe://other.test/terminal/T1")]
    [InlineData("spiffe://pos.test.evil/terminal/T1")]
    [InlineData("spiffe://pos.test/terminal/")]
    [InlineData("spiffe://pos.test/terminals/T1")]
    [InlineData("https://pos.test/terminal/T1")]
    public void Certificate_WithAnotherUri_NamesNobody(string uri)
    {
        using var certificate = Certificate(names => names.AddUri(new Uri(uri)));
        Assert.Null(CallerIdentity.Of(certificate, "pos.test"));
    }

    [Fact]
    public void Certificate_WithTwoUris_NamesNobody_WhicheverIsFirst()
    {
        using var certificate = Certificate(names =>
        {
            names.AddUri(new Uri("spiffe://pos.test/terminal/T1"));
            names.AddUri(new Uri("https://elsewhere.test/"));
        });
        Assert.Null(CallerIdentity.Of(certificate, "pos.test"));
    }

    [Fact]
    public void Certificate_OtherNamesBesideTheUri_DoNotMatter()
    {
        using var certificate = Certificate(names =>
        {
            names.AddDnsName("t1.pos.test");
            names.AddUri(new Uri("spiffe://pos.test/terminal/T1"));
            names.AddEmailAddress("t1@pos.test");
        });
        Assert.Null(CallerIdentity.Of(certificate, "pos.test")!.Refuses(Market, "T1"));
    }

    [Fact]
    public void Certificate_WithANameThatIsNoDer_NamesNobody()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=T1", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509Extension("2.5.29.17", [0x30, 0x7F, 0x86], false));
        using var certificate = SelfSigned(request);
        Assert.Null(CallerIdentity.Of(certificate, "pos.test"));
    }

    [Fact]
    public void Anyone_MaySpeakForEveryTerminal() => Assert.Null(CallerIdentity.Anyone.Refuses(Market, "T1"));

    private static X509Certificate2 Certificate(Action<SubjectAlternativeNameBuilder> build)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // The common name is what must never count.
        var request = new CertificateRequest("CN=T1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        build(names);
        request.CertificateExtensions.Add(names.Build());
        return SelfSigned(request);
    }

    private static X509Certificate2 SelfSigned(CertificateRequest request)
    {
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddHours(-1), now.AddHours(1));
    }
}
