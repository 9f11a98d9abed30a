using System.Net;
using Switch.Contracts.V1;

namespace Switch.EndToEnd.Tests;

/// <summary>Where terminals are served without TLS.</summary>
public sealed class LifecycleTests
{
    [Fact]
    public async Task WithoutTls_EveryInterface_BecomesLoopback_AndIsSaid()
    {
        await using var test = await SwitchUnderTest.StartAsync(("Switch:Listen:Terminals", "*:0"));

        Assert.Equal("127.0.0.1", new Uri(test.Sandbox.Terminals).Host);
        var line = Assert.Single(test.Log.Lines, line => line.EventId == 1001 && line.Text.Contains(
            "the terminal API is served in plaintext", StringComparison.Ordinal));
        Assert.Contains("on loopback only, not on *:0 as configured", line.Text, StringComparison.Ordinal);
        Assert.Equal(Outcome.Approved, (await test.AuthorizeAsync(Payments.Purchase())).Outcome);
    }

    [Fact]
    public async Task AllowPlaintext_ListensWhereTold_AndIsSaid()
    {
        await using var test = await SwitchUnderTest.StartAsync(
            ("Switch:Listen:Terminals", "0.0.0.0:0"), ("Switch:AllowPlaintext", "true"));

        Assert.Equal(IPAddress.Any.ToString(), new Uri(test.Sandbox.Terminals).Host);
        var line = Assert.Single(test.Log.Lines, line => line.EventId == 1001 && line.Text.Contains(
            "the terminal API is served in plaintext", StringComparison.Ordinal));
        Assert.Contains("Switch:AllowPlaintext is set", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doors_ServeOnlyWhatIsTheirs()
    {
        await using var test = await SwitchUnderTest.StartAsync();
        using var http = new HttpClient
        {
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact
        };
        var token = TestContext.Current.CancellationToken;
        foreach (var path in (string[])["livez", "readyz", "metrics"])
        {
            Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri($"{test.Sandbox.Terminals}/{path}"),
                token)).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri($"{test.Sandbox.Operations}/{path}"),
                token)).StatusCode);
        }

        var operations = new OperationsService.OperationsServiceClient(test.Channel(test.Sandbox.Terminals));
        var error = await Assert.ThrowsAsync<Grpc.Core.RpcException>(
            async () => await operations.ExplainRouteAsync(new ExplainRouteRequest(), cancellationToken: token));
        Assert.Equal(Grpc.Core.StatusCode.Unimplemented, error.StatusCode);
    }
}
