using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Switch.Testing;

/// <summary>
/// A wire in front of a Redis-protocol server that counts the commands passing to it: what a client pays, one round
/// trip each, whichever server it is. A command is counted before it is passed on, so whoever has its answer finds it
/// counted.
/// </summary>
public sealed class RespTap : IAsyncDisposable
{
    private const int BufferBytes = 64 * 1024;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Task _accepting;

    /// <summary>Listens; it accepts connections when this returns.</summary>
    /// <param name="target">The server, as <c>127.0.0.1:port</c>.</param>
    public RespTap(string target)
    {
        _target = IPEndPoint.Parse(target).Port;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where clients connect, as <c>host:port</c>.</summary>
    public string Address =>
        string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>How often each command has passed, by lower-case name.</summary>
    public IReadOnlyDictionary<string, long> Counts => new Dictionary<string, long>(_counts);

    /// <summary>
    /// What passed between two readings, as <c>evalsha 1, set 2</c>: every command but the connections' own upkeep.
    /// </summary>
    public static string Difference(IReadOnlyDictionary<string, long> before, IReadOnlyDictionary<string, long> after)
    {
        var changed = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (name, count) in after)
        {
            var more = count - before.GetValueOrDefault(name);
            if (more > 0 && name is not ("info" or "ping" or "hello" or "client")) changed[name] = more;
        }

        return string.Join(", ", changed.Select(static pair => $"{pair.Key} {pair.Value}"));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception e) when (_stop.IsCancellationRequested && e is OperationCanceledException or SocketException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        try
        {
            (near.NoDelay, far.NoDelay) = (true, true);
            await far.ConnectAsync(IPAddress.Loopback, _target, ended.Token);
            var parser = new RespCommandParser(name => _counts.AddOrUpdate(name, 1, static (_, count) => count + 1));
            var there = PassAsync(near, far, bytes => parser.Feed(bytes.Span), ended.Token);
            var back = PassAsync(far, near, static _ => { }, ended.Token);
            await Task.WhenAny(there, back);
            await ended.CancelAsync();
            await Task.WhenAll(there, back);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // One end is gone; closing the other tells it.
        }
    }

    private static async Task PassAsync(
        TcpClient from, TcpClient to, Action<ReadOnlyMemory<byte>> look, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferBytes];
        while (await from.GetStream().ReadAsync(buffer, cancellationToken) is var count and > 0)
        {
            look(buffer.AsMemory(0, count));
            await to.GetStream().WriteAsync(buffer.AsMemory(0, count), cancellationToken);
        }
    }
}
