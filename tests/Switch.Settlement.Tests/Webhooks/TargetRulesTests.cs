using System.Net;
using System.Net.Sockets;
using Switch.Settlement.Webhooks;

namespace Switch.Settlement.Tests.Webhooks;

public sealed class TargetRulesTests
{
    private static readonly TargetRules Public = new();

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("9.255.255.255", true)]
    [InlineData("10.0.0.0", false)]
    [InlineData("10.255.255.255", false)]
    [InlineData("11.0.0.0", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("0.255.255.255", false)]
    [InlineData("1.0.0.0", true)]
    [InlineData("100.63.255.255", true)]
    [InlineData("100.64.0.0", false)]
    [InlineData("100.100.100.200", false)]
    [InlineData("100.127.255.255", false)]
    [InlineData("100.128.0.0", true)]
    [InlineData("126.255.255.255", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.255.255.255", false)]
    [InlineData("128.0.0.0", true)]
    [InlineData("168.63.129.15", true)]
    [InlineData("168.63.129.16", false)]
    [InlineData("169.253.255.255", true)]
    [InlineData("169.254.0.0", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("169.255.0.0", true)]
    [InlineData("172.15.255.255", true)]
    [InlineData("172.16.0.0", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("172.32.0.0", true)]
    [InlineData("192.0.0.192", false)]
    [InlineData("192.0.1.0", true)]
    [InlineData("192.0.2.1", false)]
    [InlineData("192.88.99.1", false)]
    [InlineData("192.167.255.255", true)]
    [InlineData("192.168.0.0", false)]
    [InlineData("192.169.0.0", true)]
    [InlineData("198.17.255.255", true)]
    [InlineData("198.18.0.0", false)]
    [InlineData("198.19.255.255", false)]
    [InlineData("198.51.100.1", false)]
    [InlineData("203.0.113.1", false)]
    [InlineData("223.255.255.255", true)]
    [InlineData("224.0.0.1", false)]
    [InlineData("240.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("2606:4700:4700::1111", true)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:8.8.8.8", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:169.254.169.254", false)]
    [InlineData("::8.8.8.8", false)]
    [InlineData("64:ff9b::808:808", false)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("64:ff9b:1::1", false)]
    [InlineData("100::1", false)]
    [InlineData("2001::1", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("2001:200::1", true)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("3fff::1", false)]
    [InlineData("5f00::1", false)]
    [InlineData("fc00::1", false)]
    [InlineData("fd00:ec2::254", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fe80::1%1", false)]
    [InlineData("fec0::1", false)]
    [InlineData("ff02::1", false)]
    public void Allows_WithoutExceptions_PublicOnly(string address, bool allowed) =>
        Assert.Equal(allowed, Public.Allows(IPAddress.Parse(address)));

    [Fact]
    public void Allows_RandomAddresses_AgreeWithTheFrameworkAndEveryEmbeddingIsRefused()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var four = new byte[4];
        var sixteen = new byte[16];
        for (var i = 0; i < 20_000; i++)
        {
            random.NextBytes(four);
            random.NextBytes(sixteen);
            var v4 = new IPAddress(four);
            if (four[0] is 10 or 127 or 0 or >= 224) Assert.False(Public.Allows(v4), $"{v4}");
            Assert.False(Public.Allows(v4.MapToIPv6()), $"mapped {v4}");
            Assert.False(Public.Allows(Embedded("64:ff9b::", four, 12)), $"NAT64 {v4}");
            Assert.False(Public.Allows(Embedded("2002::", four, 2)), $"6to4 {v4}");
            Assert.False(Public.Allows(Embedded("::", four, 12)), $"compatible {v4}");
            var v6 = new IPAddress(sixteen);
            var special = v6.IsIPv6LinkLocal || v6.IsIPv6Multicast || v6.IsIPv6SiteLocal || v6.IsIPv6UniqueLocal
                || v6.IsIPv6Teredo || v6.IsIPv4MappedToIPv6 || sixteen[0] >> 5 != 1;
            if (special) Assert.False(Public.Allows(v6), $"{v6}");
        }
    }

    [Theory]
    [InlineData("10.20.0.0/16", "10.20.255.255", true)]
    [InlineData("10.20.0.0/16", "10.21.0.0", false)]
    [InlineData("127.0.0.0/8", "::1", false)]
    [InlineData("127.0.0.0/8", "::ffff:127.0.0.1", false)]
    [InlineData("169.254.0.0/16", "169.254.1.1", true)]
    [InlineData("169.254.0.0/16", "169.254.169.254", false)]
    [InlineData("0.0.0.0/0", "169.254.169.254", false)]
    [InlineData("0.0.0.0/0", "100.100.100.200", false)]
    [InlineData("::/0", "fd00:ec2::254", false)]
    [InlineData("::/0", "::ffff:169.254.169.254", false)]
    [InlineData("169.254.169.254/32", "169.254.169.254", true)]
    [InlineData("fd00:ec2::254/128", "fd00:ec2::254", true)]
    public void Allows_WithAnException_ThatNetworkAndMetadataOnlyByName(string network, string address, bool allowed) =>
        Assert.Equal(allowed, new TargetRules(IPNetwork.Parse(network)).Allows(IPAddress.Parse(address)));

    [Theory]
    [InlineData("https://erp.example.com/hooks?a=1", null)]
    [InlineData("https://erp.example.com:8443", null)]
    [InlineData("https://8.8.8.8/", null)]
    [InlineData("http://erp.example.com/", "begin with https://")]
    [InlineData("HTTP://erp.example.com/", "begin with https://")]
    [InlineData("ftp://erp.example.com/", "begin with https://")]
    [InlineData("file:///etc/passwd", "begin with https://")]
    [InlineData("//erp.example.com/", "begin with https://|not an absolute")]
    [InlineData("erp.example.com", "not an absolute")]
    [InlineData("", "1 to 2048")]
    [InlineData("https://user:pw@erp.example.com/", "user name")]
    [InlineData("https://@erp.example.com/", "user name")]
    [InlineData("https://erp.example.com/#x", "fragment")]
    [InlineData("https://erp.example.com/#", "fragment")]
    [InlineData("https://erp.example.com/a b", "plain ASCII")]
    [InlineData("https://erp.example.com/\r\nx", "plain ASCII")]
    [InlineData("https://erp.example.com\\@evil/", "plain ASCII")]
    [InlineData("https://127.0.0.1/", "private")]
    [InlineData("https://2130706433/", "private")]
    [InlineData("https://0x7f.1/", "private")]
    [InlineData("https://[::1]/", "private")]
    [InlineData("https://[::ffff:10.0.0.1]/", "private")]
    [InlineData("https://169.254.169.254/latest/meta-data", "private")]
    public void FaultOf_Url_NamesWhatIsWrong(string url, string? expected)
    {
        var fault = TargetUrl.FaultOf(url, allowHttp: false, Public);
        if (expected is null) Assert.Null(fault);
        else Assert.Contains(expected.Split('|'), part => fault!.Contains(part, StringComparison.Ordinal));
    }

    [Fact]
    public void FaultOf_Length_IsBounded()
    {
        const string Start = "https://erp.example.com/";
        Assert.Null(TargetUrl.FaultOf(Start + new string('a', 2048 - Start.Length), false, Public));
        Assert.NotNull(TargetUrl.FaultOf(Start + new string('a', 2049 - Start.Length), false, Public));
        Assert.Null(TargetUrl.FaultOf("http://erp.example.com/", true, Public));
    }

    private static IPAddress Embedded(string prefix, byte[] four, int at)
    {
        var bytes = IPAddress.Parse(prefix).GetAddressBytes();
        four.CopyTo(bytes, at);
        var address = new IPAddress(bytes);
        Assert.Equal(AddressFamily.InterNetworkV6, address.AddressFamily);
        return address;
    }
}
