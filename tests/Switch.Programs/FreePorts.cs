using System.Net;
using System.Net.Sockets;

namespace Switch.Programs;

/// <summary>
/// Ports on loopback for programs that are killed and must come back on the same one: below the range from which the
/// system takes ports for outgoing connections, so that none is taken meanwhile.
/// </summary>
internal sealed class FreePorts
{
    private const int First = 20_000;
    private const int Last = 29_999;
    private int _next = First + (Environment.ProcessId * 37 % (Last - First));

    public int Take()
    {
        for (var tries = 0; tries < Last - First; tries++)
        {
            _next = _next >= Last ? First : _next + 1;
            if (IsFree(_next)) return _next;
        }

        throw new HarnessException($"no free port from {First} to {Last}");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
