using System.Globalization;
using Garnet;

namespace Switch.Sandbox;

/// <summary>
/// A Redis-protocol store inside this process (Microsoft.Garnet): loopback, in memory, gone when disposed.
/// </summary>
public sealed class EmbeddedStore : IDisposable
{
    private const int StartsMax = 5;
    private readonly GarnetServer _server;
    private int _isDisposed;

    /// <summary>Starts the store; it accepts connections when this returns.</summary>
    /// <param name="port">The port to prefer; when it is taken, or 0, a free one is found.</param>
    public EmbeddedStore(int port = 0)
    {
        // A free port can be taken between finding and binding it.
        for (var start = 1; ; start++)
        {
            Port = LoopbackPort.PreferOrFree(start == 1 ? port : 0);
            GarnetServer? server = null;
            try
            {
                server = new GarnetServer(ArgumentsFor(Port));
                server.Start();
                _server = server;
                return;
            }
            catch (Exception) when (start < StartsMax)
            {
                server?.Dispose();
            }
        }
    }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>The address as <c>host:port</c>, which is also a StackExchange.Redis connection string.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <inheritdoc/>
    public void Dispose()
    {
        // Garnet's own Dispose throws when called twice.
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0) _server.Dispose();
    }

    private static string[] ArgumentsFor(int port) =>
    [
        "--bind", "127.0.0.1",
        "--port", port.ToString(CultureInfo.InvariantCulture),
        "--memory", "64m",
        "--page", "4m",
        "--index", "1m",
        "--lua", "true",
        // Without it two scripts on one key interleave: a check and the write that relies on it come apart.
        "--lua-transaction-mode", "true",
        // The default device needs libaio, and ends the process where there is none.
        "--device-type", "RandomAccess",
        "-q",
        "--logger-level", "Error",
    ];
}
