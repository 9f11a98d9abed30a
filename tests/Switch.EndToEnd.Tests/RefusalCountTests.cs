using Grpc.Core;
using Switch.Contracts.V1;
using Switch.Simulator;
using Switch.Testing;

namespace Switch.EndToEnd.Tests;

/// <summary>Every refusal is counted once, under its reason.</summary>
[Collection(nameof(WholeProcessMetrics))]
public sealed class RefusalCountTests : IAsyncLifetime
{
    private const int StreamInFlightMax = 8;
    private SwitchUnderTest _switch = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _switch = await SwitchUnderTest.StartAsync(("Switch:Limits:StreamInFlightMax", "8"));

    public ValueTask DisposeAsync() => _switch.DisposeAsync();

    [Fact]
    public async Task Stream_PastItsWindow_EachRefusalIsCounted()
    {
        _switch.Sandbox.Alpha.Scenario = Scenario.Parse("defaults: { latency: { fixed: 1s } }");
        using var call = _switch.Client.AuthorizeStream(cancellationToken: Token);
        for (var i = 0; i < StreamInFlightMax * 2; i++)
            await call.RequestStream.WriteAsync(new AuthorizeStreamRequest { Request = Payments.Purchase() }, Token);
        await call.RequestStream.CompleteAsync();
        while (await call.ResponseStream.MoveNext(Token)) { }

        Assert.Equal([("stream_window_full", (double)StreamInFlightMax)], await RefusalsAsync());
    }

    [Fact]
    public async Task Unary_TooLittleTimeLeft_IsCountedOnce()
    {
        await Assert.ThrowsAsync<RpcException>(
            () => _switch.AuthorizeAsync(Payments.Purchase(), TimeSpan.FromMilliseconds(300)));

        // The caller may be told by its own clock before the switch is done.
        await Eventually.TrueAsync(async () => (await RefusalsAsync()).Any(), "a refusal is counted", null, Token);
        Assert.Equal([("deadline_exceeded", 1d)], await RefusalsAsync());
    }

    private async Task<IEnumerable<(string Reason, double Count)>> RefusalsAsync()
    {
        var page = await MetricsPage.ReadAsync(_switch.Sandbox.Management, Token);
        return page.Where(line => line.Is("cardswitch_refusals_total", [])).Select(l => (l.Labels["reason"], l.Value));
    }
}
