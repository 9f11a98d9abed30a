using System.Net;
using Switch.Service.Hosting;

namespace Switch.Service.Tests.Hosting;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:7400", "127.0.0.1", 7400, true)]
    [InlineData("localhost:0", "127.0.0.1", 0, true)]
    [InlineData("[::1]:7400", "::1", 7400, true)]
    [InlineData("*:7400", "::", 7400, false)]
    [InlineData("10.1.2.3:65535", "10.1.2.3", 65535, false)]
    public void TryParse_GoodAddress_IsRead(string text, string address, int port, bool isLoopback)
    {
        Assert.True(ListenAddress.TryParse(text, out var parsed, out _));
        Assert.Equal(new ListenAddress(IPAddress.Parse(address), port), parsed);
        Assert.Equal(isLoopback, parsed.IsLoopback);
    }

    [Theory]
    [InlineData("7400")]
    [InlineData(":7400")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("[::1:7400")]
    [InlineData("::1]:7400")]
    [InlineData("::1:7400")]
    [InlineData("example.org:7400")]
    public void TryParse_BadAddress_SaysWhat(string text)
    {
        Assert.False(ListenAddress.TryParse(text, out _, out var fault));
        Assert.NotEmpty(fault);
    }
}
