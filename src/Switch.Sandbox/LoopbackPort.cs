using System.Net;
using System.Net.Sockets;

namespace Switch.Sandbox;

/// <summary>
/// Finds TCP ports of 127.0.0.1 that nobody listens on. Nothing reserves them: prefer port 0 where a server can report
/// what it got, and try again where it cannot.
/// </summary>
public static class LoopbackPort
{
    /// <summary>A port that was free a moment ago.</summary>
    public static int Free() =>
        TryBind(0, out var free) ? free : throw new InvalidOperationException("no free port on 127.0.0.1");

    /// <summary>The preferred port when nobody listens on it, else a free one; 0 prefers none.</summary>
    public static int PreferOrFree(int preferred) =>
        preferred != 0 && TryBind(preferred, out _) ? preferred : Free();

    /// <summary>
    /// What a server is told to listen on: the preferred port or a free one, or 0 for one of its own choice.
    /// </summary>
    public static string Address(int port, bool prefer) => $"127.0.0.1:{(prefer ? PreferOrFree(port) : 0)}";

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
