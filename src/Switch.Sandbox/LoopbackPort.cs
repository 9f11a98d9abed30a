using System.Net;
using System.Net.Sockets;

namespace Switch.Sandbox;

/// <summary>Finds ports on 127.0.0.1.</summary>
internal static class LoopbackPort
{
    /// <summary>The preferred port when nobody listens on it, else a free one; 0 prefers none.</summary>
    public static int PreferOrFree(int preferred)
    {
        if (preferred != 0 && TryBind(preferred, out _)) return preferred;
        return TryBind(0, out var free) ? free : throw new InvalidOperationException("no free port on 127.0.0.1");
    }

    private static bool TryBind(int port, out int bound)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            bound = ((IPEndPoint)socket.LocalEndPoint!).Port;
            return true;
        }
        catch (SocketException)
        {
            bound = 0;
            return false;
        }
    }
}
