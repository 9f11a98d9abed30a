using System.Net;
using System.Net.Sockets;

namespace Switch.Testing;

/// <summary>Finds ports for servers that tests start.</summary>
public static class LoopbackPort
{
    /// <summary>
    /// A TCP port of 127.0.0.1 that was free a moment ago. Nothing reserves it: prefer port 0 where a server can report
    /// what it got, and try again where it cannot.
    /// </summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Distinct ports, free together a moment ago, each below <paramref name="below"/>.</summary>
    /// <param name="count">How many.</param>
    /// <param name="below">An exclusive bound: a Redis cluster also takes the port 10,000 above each.</param>
    public static int[] Free(int count, int below = 65_536)
    {
        var ports = new int[count];
        var listeners = new List<TcpListener>(count);
        try
        {
            for (var found = 0; found < count;)
            {
                var listener = new TcpListener(IPAddress.Loopback, 0);
                listener.Start();
                listeners.Add(listener);
                var port = ((IPEndPoint)listener.LocalEndpoint).Port;
                if (port < below) ports[found++] = port;
            }
        }
        finally
        {
            foreach (var listener in listeners) listener.Dispose();
        }

        return ports;
    }
}
