using System.Net.Sockets;

namespace Switch.Iso8583;

/// <summary>
/// One TCP connection from connect to close: a reader, a writer that coalesces, and the sign-on and idle echoes.
/// Whatever goes wrong closes this connection with a named reason and ends only what was written to it.
/// </summary>
internal sealed class LinkSession : IDisposable
{
    /// <summary>
    /// Most messages of the link itself waiting on one connection; a host that floods us with 0800 meets it.
    /// </summary>
    public const int MaxControl = 32;

    private const int MinBatchBytes = 64 * 1024;

    private static readonly byte[] Approved = "00"u8.ToArray();
    private static readonly byte[] NotSupported = "40"u8.ToArray();

    private readonly IsoLink _link;
    private readonly IsoLinkOptions _options;
    private readonly Socket _socket;
    private readonly WakeSignal _wake = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly MatchKey _replyKey = new();
    private readonly byte[] _batch;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isClosed;
    private int _isLeaving;
    private long _receivedTimestamp;

    public LinkSession(IsoLink link, int connection, string endpoint, Socket socket)
    {
        _link = link;
        _options = link.Options;
        _socket = socket;
        Connection = connection;
        Endpoint = endpoint;
        var frame = _options.Dialect.Frame;
        _batch = new byte[Math.Max(MinBatchBytes, frame.HeaderBytes + frame.MaxFrameBytes)];
    }

    public int Connection { get; }

    public string Endpoint { get; }

    public bool WasReady { get; private set; }

    // The four below belong to the exchange table's lock.
    public PendingQueue Control { get; } = new();

    public bool IsReady { get; set; }

    public bool IsIdle { get; set; }

    public bool IsDetached { get; set; }

    public void Wake() => _wake.Signal();

    public void Dispose()
    {
        _closing.Dispose();
        _socket.Dispose();
    }

    /// <summary>Serves the connection until it is closed.</summary>
    public async Task RunAsync()
    {
        Volatile.Write(ref _receivedTimestamp, _link.Clock.GetTimestamp());
        var reading = ReadLoopAsync();
        var writing = WriteLoopAsync();
        await KeepAsync();
        await reading;
        await writing;
        // Whoever closes still uses what Dispose takes away.
        await _closed.Task;
    }

    /// <summary>Closes the connection, once; the first reason counts.</summary>
    public void Close(CloseReason reason, string detail)
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0) return;
        _link.OnSessionClosing(this, reason, detail);
        _closing.Cancel();
        _socket.Dispose();
        _wake.Signal();
        _closed.SetResult();
    }

    /// <summary>Sends network management and waits: the response code, or null when none came.</summary>
    public async ValueTask<string?> AskAsync(int networkCode, TimeSpan timeout)
    {
        var exchange = _link.CreateControl(networkCode, timeout);
        if (exchange is null || !_link.Table.AddControl(exchange, this))
        {
            exchange?.Recycle();
            return null;
        }

        using var result = await exchange.Task;
        return result.Reply?.GetString(39);
    }

    private async Task KeepAsync()
    {
        try
        {
            if (_options.SignOn && !await SignOnAsync()) return;
            WasReady = true;
            _link.OnSessionReady(this);
            while (_isClosed == 0)
            {
                var idle = _link.Clock.GetElapsedTime(Volatile.Read(ref _receivedTimestamp));
                if (_options.EchoInterval == TimeSpan.Zero)
                    await Task.Delay(Timeout.InfiniteTimeSpan, _link.Clock, _closing.Token);
                else if (idle < _options.EchoInterval)
                    await Task.Delay(_options.EchoInterval - idle, _link.Clock, _closing.Token);
                else if (await AskAsync(NetworkMessages.Echo, _options.EchoTimeout) is null)
                    Close(CloseReason.EchoTimeout, $"no answer within {_options.EchoTimeout.TotalSeconds:F1} s");
            }
        }
        catch (OperationCanceledException) when (_isClosed != 0)
        {
            // Closed while waiting: the reason is already known.
        }
        catch (Exception fault)
        {
            Close(CloseReason.InternalError, fault.GetType().Name);
        }
    }

    private async ValueTask<bool> SignOnAsync()
    {
        var code = await AskAsync(NetworkMessages.SignOn, _options.SignOnTimeout);
        if (code == "00") return true;
        var limit = _options.SignOnTimeout.TotalSeconds;
        if (code is null) Close(CloseReason.SignOnTimeout, $"no answer within {limit:F1} s");
        else Close(CloseReason.SignOnRefused, $"response code {code}");
        return false;
    }

    private async Task WriteLoopAsync()
    {
        try
        {
            while (_isClosed == 0)
            {
                var bytes = _link.Table.FillBatch(this, _batch, _link.Clock.GetTimestamp(), out var messages);
                if (bytes == 0)
                {
                    await _wake.WaitAsync();
                    continue;
                }

                for (var sent = 0; sent < bytes;)
                    sent += await _socket.SendAsync(_batch.AsMemory(sent, bytes - sent), SocketFlags.None);
                Array.Clear(_batch, 0, bytes);
                _link.Observer.OnBatchWritten(Connection, messages, bytes);
            }
        }
        catch (Exception fault) when (fault is SocketException or IOException or ObjectDisposedException)
        {
            Close(CloseReason.ConnectionLost, $"writing failed: {Describe(fault)}");
        }
        catch (Exception fault)
        {
            Close(CloseReason.InternalError, fault.GetType().Name);
        }
    }

    private async Task ReadLoopAsync()
    {
        try
        {
            using var stream = new NetworkStream(_socket, ownsSocket: false);
            var frames = new IsoFrameReader(stream, _options.Dialect);
            while (_isClosed == 0)
            {
                var frame = await frames.ReadAsync(CancellationToken.None);
                Volatile.Write(ref _receivedTimestamp, _link.Clock.GetTimestamp());
                if (frame.IsMessage) Receive(frame.Message.Span);
                else if (frame.IsEnd) Close(CloseReason.ClosedByHost, "end of stream");
                else Close(ReasonOf(frame.Fault), frame.Fault.ToString());
            }
        }
        catch (Exception fault) when (fault is SocketException or IOException or ObjectDisposedException)
        {
            Close(CloseReason.ConnectionLost, $"reading failed: {Describe(fault)}");
        }
        catch (Exception fault)
        {
            Close(CloseReason.InternalError, fault.GetType().Name);
        }
    }

    private void Receive(ReadOnlySpan<byte> bytes)
    {
        var message = IsoMessage.Rent(_options.Dialect);
        var isTaken = false;
        try
        {
            if (!message.TryParse(bytes, out var fault)) Close(CloseReason.UnparsableMessage, fault.ToString());
            else if (message.Mti.IsResponse) isTaken = _link.OnReply(message, _replyKey);
            else if (message.Mti.IsNetworkManagement) AnswerHost(message);
            else _link.OnUnmatched(message, null);
        }
        finally
        {
            if (!isTaken) message.Dispose();
        }
    }

    private void AnswerHost(IsoMessage request)
    {
        var code = request.TryGetInt64(70, out var value) ? (int)value : 0;
        var isKnown = code is NetworkMessages.SignOn or NetworkMessages.SignOff
            or NetworkMessages.CutOver or NetworkMessages.Echo;
        _link.Observer.OnHostRequest(Connection, code);
        var answer = _link.CreateAnswer(request, isKnown ? Approved : NotSupported);
        if (answer is not null && !_link.Table.AddControl(answer, this)) answer.Recycle();
        if (code == NetworkMessages.SignOff) _ = LeaveAsync();
    }

    // The host signed off: no new requests here, time for what is in flight, then a fresh connection and sign-on.
    private async Task LeaveAsync()
    {
        if (Interlocked.Exchange(ref _isLeaving, 1) != 0) return;
        _link.OnSessionLeaving(this);
        try
        {
            await Task.Delay(_options.EchoTimeout, _link.Clock, _closing.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        Close(CloseReason.HostSignedOff, "network management code 002");
    }

    private static CloseReason ReasonOf(FrameFault fault) => fault switch
    {
        FrameFault.BadHeader => CloseReason.BadFrameHeader,
        FrameFault.ZeroLength => CloseReason.ZeroLengthFrame,
        FrameFault.Oversized => CloseReason.OversizedFrame,
        FrameFault.Truncated => CloseReason.TruncatedFrame,
        _ => CloseReason.FrameWithoutMessage,
    };

    private static string Describe(Exception fault) =>
        (fault as SocketException ?? fault.InnerException as SocketException)?.SocketErrorCode.ToString()
        ?? fault.GetType().Name;
}
