using System.Net;
using System.Net.Sockets;

namespace Switch.Load.Growth;

/// <summary>
/// Lets Kafka come back to a switch that runs: carries what comes to an address, at which nobody listened, to the
/// broker. A client asks there for the brokers only, and goes on with the address that it is told.
/// </summary>
internal sealed class KafkaDoor : IAsyncDisposable
{
    private readonly CancellationTokenSource _closing = new();
    private readonly TcpListener _listener;
    private readonly IPEndPoint _broker;
    private readonly Task _accepting;

    private KafkaDoor(IPEndPoint at, IPEndPoint broker)
    {
        _broker = broker;
        _listener = new TcpListener(at);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <param name="at">Where nobody listens, "127.0.0.1:port".</param>
    /// <param name="broker">Where the broker does.</param>
    public static KafkaDoor Open(string at, string broker) => new(IPEndPoint.Parse(at), IPEndPoint.Parse(broker));

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Stop();
        await _accepting;
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        var carried = new List<Task>();
        try
        {
            while (true) carried.Add(CarryAsync(await _listener.AcceptSocketAsync(_closing.Token)));
        }
        catch (OperationCanceledException)
        {
        }

        await Task.WhenAll(carried);
    }

    private async Task CarryAsync(Socket client)
    {
        using var broker = new Socket(_broker.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using (client)
        {
            try
            {
                await broker.ConnectAsync(_broker, _closing.Token);
                await using var there = new NetworkStream(broker);
                await using var here = new NetworkStream(client);
                await Task.WhenAny(
                    here.CopyToAsync(there, _closing.Token), there.CopyToAsync(here, _closing.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or IOException)
            {
                // Either side may leave at any time.
            }
        }
    }
}
