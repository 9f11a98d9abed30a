using System.Globalization;
using Garnet;

namespace Switch.Testing;

/// <summary>
/// An embedded Redis-protocol server on a free loopback port; in memory, gone when disposed. Works as an xunit fixture.
/// </summary>
public sealed class GarnetFixture : IDisposable
{
    private const int StartsMax = 5;
    private readonly GarnetServer _server;
    private bool _isDisposed;

    /// <summary>Starts the server; it accepts connections when this returns.</summary>
    public GarnetFixture()
    {
        // The port can be taken between finding and binding it.
        for (var start = 1; ; start++)
        {
            Port = LoopbackPort.Free();
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
        // A test may take the server away before its fixture ends; the server itself bears that once only.
        if (_isDisposed) return;
        _isDisposed = true;
        _server.Dispose();
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
