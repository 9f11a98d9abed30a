using System.Net;
using System.Net.Sockets;
using Switch.Chaos.Links;

namespace Switch.Chaos.Tests.Links;

/// <summary>The wire is honest until told otherwise: a harness that loses bytes by itself proves nothing.</summary>
public sealed class LinkProxyTests : IAsyncDisposable
{
    private readonly TcpListener _host = new(IPAddress.Loopback, 0);
    private readonly LinkProxy _proxy;

    public LinkProxyTests()
    {
        _host.Start();
        _proxy = new LinkProxy("a", "alpha", ((IPEndPoint)_host.LocalEndpoint).Port);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Wire_Untouched_PassesBothWays()
    {
        var (near, far) = await ConnectAsync();
        Assert.Equal(Bytes(200), await ThroughAsync(near, far, 200));
        Assert.Equal(Bytes(300), await ThroughAsync(far, near, 300));
    }

    [Fact]
    public async Task Wire_Cut_PassesHalfAFrameAndBreaks()
    {
        var (near, far) = await ConnectAsync();
        _proxy.CutNext = true;
        await near.GetStream().WriteAsync(Bytes(200), Token);
        var received = 0;
        try
        {
            var buffer = new byte[400];
            for (var n = 1; n > 0; received += n) n = await far.GetStream().ReadAsync(buffer, Token);
        }
        catch (IOException)
        {
            // Reset, as a broken wire does.
        }

        Assert.InRange(received, 0, 100);
    }

    [Fact]
    public async Task Wire_Held_DeliversAllInOrderAfterwards()
    {
        var (near, far) = await ConnectAsync();
        var hold = new TaskCompletionSource();
        _proxy.Hold = hold;
        await near.GetStream().WriteAsync(Bytes(200), Token);
        _proxy.Heal();
        var buffer = new byte[200];
        await far.GetStream().ReadExactlyAsync(buffer, Token);
        Assert.Equal(Bytes(200), buffer);
    }

    [Fact]
    public async Task Wire_PaymentPasses_TellsOnceAfterIt()
    {
        var (near, far) = await ConnectAsync();
        var told = 0;
        _proxy.WhenPaymentPasses(reply: false, () => told++);
        await ThroughAsync(near, far, 20);
        Assert.Equal(0, told);
        await ThroughAsync(near, far, 200);
        await ThroughAsync(near, far, 200);
        await ThroughAsync(far, near, 200);
        Assert.Equal(1, told);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wire_Broken_SaysHowLongItHeldWhatWasSent(bool isHeld)
    {
        // Not on the wire's own thread, which this test would then dispose of.
        var held = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        _proxy.OnBreak = held.SetResult;
        var (near, far) = await ConnectAsync();
        await ThroughAsync(near, far, 200);
        _proxy.CutNext = isHeld;
        if (isHeld) await near.GetStream().WriteAsync(Bytes(200), Token);
        else _proxy.CloseAll();
        Assert.Equal(isHeld, await held.Task.WaitAsync(Token) > TimeSpan.Zero);
    }

    [Fact]
    public void BrokerAddress_InAnAnswer_IsReplacedWhereverItStands()
    {
        var address = new BrokerAddress("127.0.0.1:40000");
        byte[] there = [.. "127.0.0.1"u8, 0, 0, 0x9C, 0x40];
        byte[] here = [.. "127.0.0.1"u8, 0, 0, 0x4E, 0x20];
        byte[] answer = [9, .. there, 1, .. there, .. "127.0.0.1"u8, 1];
        byte[] expected = [9, .. here, 1, .. here, .. "127.0.0.1"u8, 1];
        address.Replace(answer, 20_000);
        Assert.Equal(expected, answer);
        Assert.Equal(40_000, address.Port);
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _host.Dispose();
    }

    private async Task<(TcpClient Near, TcpClient Far)> ConnectAsync()
    {
        var near = new TcpClient();
        await near.ConnectAsync("127.0.0.1", _proxy.Port, Token);
        return (near, await _host.AcceptTcpClientAsync(Token));
    }

    private static async Task<byte[]> ThroughAsync(TcpClient from, TcpClient to, int count)
    {
        await from.GetStream().WriteAsync(Bytes(count), Token);
        var buffer = new byte[count];
        await to.GetStream().ReadExactlyAsync(buffer, Token);
        return buffer;
    }

    private static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(static i => (byte)i)];
}
