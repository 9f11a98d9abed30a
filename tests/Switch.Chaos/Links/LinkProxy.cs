using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Switch.Chaos.Links;

/// <summary>
/// The wire between one instance and one acquirer: forwards bytes, and on demand cuts in the middle of a frame, holds
/// everything back, or delays it. Tells when a payment passes, so that somebody may be killed right then.
/// </summary>
internal sealed class LinkProxy : IAsyncDisposable
{
    // A payment is longer than any message of network management.
    private const int PaymentBytesMin = 80;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<int, ProxiedConnection> _connections = new();
    private readonly Task _accepting;
    private readonly BrokerAddress? _broker;
    private Action? _onPayment;
    private bool _onReply;
    private int _next;

    /// <summary>A wire to an acquirer.</summary>
    public LinkProxy(string instance, string acquirer, int target)
        : this(instance, acquirer, target, null)
    {
    }

    /// <summary>A wire from all instances to the broker.</summary>
    public LinkProxy(BrokerAddress broker)
        : this("all", "broker", broker.Port, broker)
    {
    }

    private LinkProxy(string instance, string acquirer, int target, BrokerAddress? broker)
    {
        _broker = broker;
        Instance = instance;
        Acquirer = acquirer;
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Instance { get; }

    public string Acquirer { get; }

    /// <summary>
    /// Called whenever a connection has broken, by whichever end, with how long nothing of what was sent had passed.
    /// </summary>
    public Action<TimeSpan>? OnBreak { get; set; }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Everything waits here while it is not complete: neither lost nor delivered.</summary>
    internal volatile TaskCompletionSource? Hold;

    /// <summary>Milliseconds that every piece is late.</summary>
    internal volatile int DelayMs;

    /// <summary>The next piece of this length at least goes through in part, then both ends are closed.</summary>
    internal volatile bool CutNext;

    /// <summary>Calls back once, right after the next payment (or reply to one) has been passed on.</summary>
    public void WhenPaymentPasses(bool reply, Action action)
    {
        _onReply = reply;
        Volatile.Write(ref _onPayment, action);
    }

    public void ForgetPayment() => Volatile.Write(ref _onPayment, null);

    /// <summary>Closes every connection as it is.</summary>
    public void CloseAll()
    {
        foreach (var connection in _connections.Values) connection.Close();
    }

    /// <summary>Back to an honest wire.</summary>
    public void Heal()
    {
        CutNext = false;
        DelayMs = 0;
        ForgetPayment();
        Interlocked.Exchange(ref Hold, null)?.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Heal();
        CloseAll();
        await _accepting;
        _stop.Dispose();
    }

    /// <summary>Rewrites what has to be before it is passed on.</summary>
    internal void Adapt(Span<byte> piece, bool isReply)
    {
        if (isReply) _broker?.Replace(piece, Port);
    }

    /// <summary>A piece has been passed on.</summary>
    internal void Passed(int bytes, bool isReply)
    {
        if (bytes < PaymentBytesMin || _onReply != isReply) return;
        Interlocked.Exchange(ref _onPayment, null)?.Invoke();
    }

    /// <summary>Whether this piece is to be cut; only one is.</summary>
    internal bool TakesCut(int bytes)
    {
        if (!CutNext || bytes < PaymentBytesMin) return false;
        CutNext = false;
        return true;
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = ServeAsync(client, Interlocked.Increment(ref _next));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Stopped, or a client that was gone before it was accepted.
            }
        }
    }

    private async Task ServeAsync(TcpClient client, int number)
    {
        using var connection = new ProxiedConnection(this, client);
        _connections[number] = connection;
        await connection.RunAsync(_target, _stop.Token);
        _connections.TryRemove(number, out _);
        OnBreak?.Invoke(connection.HeldFor);
    }
}
