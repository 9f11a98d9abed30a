using System.Net;
using System.Net.Sockets;

namespace Switch.Simulator;

/// <summary>
/// A port that listens or refuses. While it refuses, a bound socket that does not listen keeps the port from being
/// handed out as a free one, and a peer that connects is refused by the system, as by a host that is down.
/// </summary>
internal sealed class HostListener : IDisposable
{
    private const int Backlog = 512;

    // Refusing, accepting and disposing exchange the socket; two at once would leave a port behind.
    private readonly Lock _gate = new();
    private Socket _socket;
    private bool _isAccepting;
    private bool _isDisposed;

    /// <summary>Binds the port; it refuses until <see cref="Accept"/>.</summary>
    /// <exception cref="SocketException">The port is taken.</exception>
    public HostListener(IPEndPoint endPoint)
    {
        _socket = Bind(endPoint);
        EndPoint = (IPEndPoint)_socket.LocalEndPoint!;
    }

    /// <summary>Address and port, the free one that was found included.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Whether it listens.</summary>
    public bool IsAccepting
    {
        get { lock (_gate) return _isAccepting; }
    }

    /// <summary>Listens and hands over each connection. Does nothing when it listens already.</summary>
    public void Accept(Action<Socket> serve)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_isAccepting) return;
            _socket.Listen(Backlog);
            _isAccepting = true;
            _ = AcceptAsync(_socket, serve);
        }
    }

    /// <summary>Refuses from now on.</summary>
    public void Refuse()
    {
        lock (_gate)
        {
            if (!_isAccepting) return;
            _isAccepting = false;
            _socket.Dispose();
            _socket = Bind(EndPoint);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _isAccepting = false;
            _socket.Dispose();
        }
    }

    private static async Task AcceptAsync(Socket listener, Action<Socket> serve)
    {
        while (true)
        {
            try
            {
                serve(await listener.AcceptAsync());
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
            {
                // The peer was gone before it was accepted; the next one may stay.
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // Disposing the socket is how this loop is ended.
                return;
            }
        }
    }

    private static Socket Bind(IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endPoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
