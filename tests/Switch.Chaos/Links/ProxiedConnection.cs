using System.Net.Sockets;
using Switch.Programs;

namespace Switch.Chaos.Links;

/// <summary>One connection through a <see cref="LinkProxy"/>: two pumps that end together.</summary>
internal sealed class ProxiedConnection : IDisposable
{
    private const int BufferBytes = 16 * 1024;
    private readonly LinkProxy _proxy;
    private readonly TcpClient _near;
    private readonly TcpClient _far = new();
    private readonly CancellationTokenSource _closed = new();
    private readonly RunClock _clock = new();
    // Ticks of the clock, of a request that was read and not passed on; negative when there is none.
    private long _holdsSince = -1;

    public ProxiedConnection(LinkProxy proxy, TcpClient near)
    {
        _proxy = proxy;
        _near = near;
    }

    /// <summary>
    /// Once it has ended: how long a request had waited in it, and with it whatever was sent after that; zero when all
    /// that was read had been passed on.
    /// </summary>
    public TimeSpan HeldFor { get; private set; }

    public async Task RunAsync(int target, CancellationToken stop)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, _closed.Token);
        try
        {
            await _far.ConnectAsync("127.0.0.1", target, both.Token);
            _near.NoDelay = _far.NoDelay = true;
            await Task.WhenAny(
                PumpAsync(_near.GetStream(), _far.GetStream(), isReply: false, both.Token),
                PumpAsync(_far.GetStream(), _near.GetStream(), isReply: true, both.Token));
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException
            or InvalidOperationException)
        {
            // One end is gone, or both were closed when only one pump had begun: the other goes too.
        }

        if (Volatile.Read(ref _holdsSince) is >= 0 and var since) HeldFor = _clock.Now - TimeSpan.FromTicks(since);
        Close();
    }

    public void Close()
    {
        try
        {
            _closed.Cancel();
            // With a reset, as a broken wire does; an orderly end would let the last bytes through.
            _near.Client?.Close(0);
            _far.Client?.Close(0);
        }
        catch (ObjectDisposedException)
        {
            // Ended meanwhile.
        }
    }

    public void Dispose()
    {
        _near.Dispose();
        _far.Dispose();
        _closed.Dispose();
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, bool isReply, CancellationToken token)
    {
        var buffer = new byte[BufferBytes];
        try
        {
            while (true)
            {
                var count = await from.ReadAsync(buffer, token);
                if (count == 0) return;
                if (!isReply) Volatile.Write(ref _holdsSince, _clock.Now.Ticks);
                _proxy.Adapt(buffer.AsSpan(0, count), isReply);
                if (_proxy.Hold is { } hold) await hold.Task.WaitAsync(token);
                if (_proxy.DelayMs is > 0 and var delay) await RunClock.Delay(TimeSpan.FromMilliseconds(delay), token);
                if (_proxy.TakesCut(count))
                {
                    await to.WriteAsync(buffer.AsMemory(0, count / 2), token);
                    return;
                }

                if (!isReply) Volatile.Write(ref _holdsSince, -1);
                await to.WriteAsync(buffer.AsMemory(0, count), token);
                _proxy.Passed(count, isReply);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The other pump, or a fault of the plan, closed it.
        }
    }
}
