using System.Net;
using System.Net.Sockets;

namespace Switch.Iso8583;

/// <summary>
/// Keeps one of a link's connections: connect, serve, and on loss wait longer each time and try the next endpoint.
/// </summary>
internal sealed class LinkConnection
{
    private readonly IsoLink _link;
    private readonly int _number;
    private readonly CancellationToken _stopping;
    private LinkSession? _session;

    public LinkConnection(IsoLink link, int number, CancellationToken stopping)
    {
        _link = link;
        _number = number;
        _stopping = stopping;
    }

    public async Task RunAsync()
    {
        var options = _link.Options;
        var delay = new ReconnectDelay(options.ReconnectMin, options.ReconnectMax);
        try
        {
            for (var attempt = _number; !_stopping.IsCancellationRequested; attempt++)
            {
                var endpoint = options.Endpoints[(int)((uint)attempt % (uint)options.Endpoints.Count)];
                if (await TryServeAsync(endpoint)) delay.Reset();
                var wait = delay.Next();
                if (!_stopping.IsCancellationRequested) _link.Observer.OnReconnecting(_number, wait);
                await Task.Delay(wait, _link.Clock, _stopping);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The link stops.
        }
    }

    /// <summary>Signs off if signed on, then closes.</summary>
    public async Task SignOffAsync()
    {
        if (Volatile.Read(ref _session) is not { } session) return;
        if (_link.Options.SignOn && session.WasReady)
            await session.AskAsync(NetworkMessages.SignOff, _link.Options.SignOnTimeout);
        session.Close(CloseReason.Stopped, "the link stops");
    }

    /// <summary>Closes whatever session there is; to be called again once no new one can start.</summary>
    public void Close() => Volatile.Read(ref _session)?.Close(CloseReason.Stopped, "the link stops");

    private async Task<bool> TryServeAsync(string endpoint)
    {
        try
        {
            return await TryConnectAsync(endpoint) is { } socket && await ServeAsync(socket, endpoint);
        }
        catch (Exception fault)
        {
            // A loop that ended here would leave the connection down for ever.
            _link.Observer.OnLoopFault($"connection {_number} to {endpoint}", fault);
            return false;
        }
    }

    private async Task<bool> ServeAsync(Socket socket, string endpoint)
    {
        using var session = new LinkSession(_link, _number, endpoint, socket);
        Volatile.Write(ref _session, session);
        try
        {
            if (_stopping.IsCancellationRequested) session.Close(CloseReason.Stopped, "the link stops");
            _link.Observer.OnConnected(_number, endpoint);
            await session.RunAsync();
            return session.WasReady;
        }
        finally
        {
            Volatile.Write(ref _session, null);
        }
    }

    private async Task<Socket?> TryConnectAsync(string endpoint)
    {
        IsoLinkOptions.TrySplit(endpoint, out var host, out var port);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using var timeout = new CancellationTokenSource(_link.Options.ConnectTimeout, _link.Clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stopping);
            await socket.ConnectAsync(new DnsEndPoint(host, port), either.Token);
            return socket;
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            var reason = fault is SocketException failed ? failed.SocketErrorCode.ToString() : "timed out";
            if (!_stopping.IsCancellationRequested) _link.Observer.OnConnectFailed(_number, endpoint, reason);
            return null;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
