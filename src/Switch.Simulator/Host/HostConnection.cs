using System.Net.Sockets;
using System.Threading.Channels;
using Switch.Iso8583;

namespace Switch.Simulator;

/// <summary>
/// One accepted connection: a loop that reads, a loop that writes, and timers in between, so that answers overtake each
/// other as their latencies say and a slow one holds no thread.
/// </summary>
internal sealed class HostConnection : IDisposable
{
    private const int WriteBufferBytes = 64 * 1024;

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly AcquirerHost _host;
    private readonly ConnectionSession _session = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly Channel<Reply> _outgoing;
    // Never disposed: a timer may give its slot back after the connection's end, and there is no handle to free.
    private readonly SemaphoreSlim _slots;
    private int _reason = -1;

    public HostConnection(AcquirerHost host, Socket socket, int maxPending)
    {
        _host = host;
        _socket = socket;
        _socket.NoDelay = true;
        _stream = new NetworkStream(socket, ownsSocket: false);
        _slots = new SemaphoreSlim(maxPending);
        // The slots bound what waits here: a reply enters only with one.
        _outgoing = Channel.CreateUnbounded<Reply>(new UnboundedChannelOptions { SingleReader = true });
    }

    /// <summary>Serves the connection until it ends, and tells why it did.</summary>
    public async Task<HostCloseReason> RunAsync()
    {
        var writing = WriteAsync();
        await ReadAsync();
        _outgoing.Writer.TryComplete();
        await writing;
        while (_outgoing.Reader.TryRead(out var reply)) Drop(reply);
        return (HostCloseReason)_reason;
    }

    /// <summary>Ends the connection. Only the first reason counts.</summary>
    public void Close(HostCloseReason reason)
    {
        // The socket itself is closed when both loops have let go of it: with a read pending the system would reset
        // the connection, and what was written last might never arrive.
        if (Interlocked.CompareExchange(ref _reason, (int)reason, -1) == -1) _closing.Cancel();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Close(HostCloseReason.Dropped);
        _stream.Dispose();
        _socket.Dispose();
        _closing.Dispose();
    }

    private async Task ReadAsync()
    {
        var reader = new IsoFrameReader(_stream, _host.Dialect);
        using var message = IsoMessage.Rent(_host.Dialect);
        try
        {
            while (!_closing.IsCancellationRequested)
            {
                await _slots.WaitAsync(_closing.Token);
                var frame = await reader.ReadAsync(_closing.Token);
                if (Handle(frame, message) is { } reply) Schedule(reply);
                else _slots.Release();
            }
        }
        catch (Exception exception) when (IsEndOfStream(exception))
        {
            Close(HostCloseReason.PeerClosed);
        }
    }

    private Reply? Handle(in IsoFrame frame, IsoMessage message)
    {
        if (frame.IsEnd)
        {
            Close(HostCloseReason.PeerClosed);
            return null;
        }

        if (!frame.IsMessage)
        {
            _host.Meters.Fault($"frame: {frame.Fault}");
            Close(HostCloseReason.BadFrame);
            return null;
        }

        if (!message.TryParse(frame.Message.Span, out var fault))
        {
            _host.Meters.Fault(fault.ToString());
            Close(HostCloseReason.BadMessage);
            return null;
        }

        Interlocked.Increment(ref _host.Meters.Messages);
        var reply = _host.Handle(message, _session);
        if (reply.Actions.Disconnect == DisconnectKind.Before)
        {
            Close(HostCloseReason.Scenario);
            return null;
        }

        if (reply.Message is null) return null;
        if (!frame.Tpdu.IsEmpty)
        {
            reply.Tpdu = new byte[FrameFormat.TpduLength];
            IsoFrameWriter.SwapTpdu(frame.Tpdu.Span, reply.Tpdu);
        }

        return reply;
    }

    private void Schedule(Reply reply)
    {
        if (reply.Delay > TimeSpan.Zero) _ = EnqueueLaterAsync(reply);
        else Enqueue(reply);
    }

    private async Task EnqueueLaterAsync(Reply reply)
    {
        try
        {
            await Task.Delay(reply.Delay, _host.Time, _closing.Token);
        }
        catch (OperationCanceledException)
        {
            // The connection is gone; entering the closed queue below drops the reply.
        }

        Enqueue(reply);
    }

    private void Enqueue(Reply reply)
    {
        if (!_outgoing.Writer.TryWrite(reply)) Drop(reply);
    }

    private async Task WriteAsync()
    {
        var buffer = new byte[Math.Max(WriteBufferBytes, 2 * AnswerFrames.MaxBytes(_host.Dialect.Frame))];
        var batch = new List<Reply>();
        try
        {
            while (await _outgoing.Reader.WaitToReadAsync(_closing.Token))
            {
                var bytes = Fill(buffer, batch);
                await _stream.WriteAsync(buffer.AsMemory(0, bytes), _closing.Token);
                var isLast = batch[^1].ClosesAfter;
                Settle(batch);
                if (isLast) Close(HostCloseReason.Scenario);
            }
        }
        catch (Exception exception) when (IsEndOfStream(exception))
        {
            foreach (var reply in batch) Drop(reply);
            Close(HostCloseReason.PeerClosed);
        }
    }

    private static bool IsEndOfStream(Exception exception) =>
        exception is IOException or OperationCanceledException or ObjectDisposedException;

    // Answers that are due together leave in one system call.
    private int Fill(byte[] buffer, List<Reply> batch)
    {
        var used = 0;
        var room = AnswerFrames.MaxBytes(_host.Dialect.Frame);
        while (buffer.Length - used >= room && _outgoing.Reader.TryRead(out var reply))
        {
            batch.Add(reply);
            used += AnswerFrames.Append(reply, _host.Dialect, _host.Run, buffer.AsSpan(used));
            if (reply.ClosesAfter) break;
        }

        return used;
    }

    private void Settle(List<Reply> batch)
    {
        foreach (var reply in batch)
        {
            var delivery = reply.Actions switch
            {
                { Disconnect: DisconnectKind.Instead } => Delivery.Disconnected,
                { Malformed: not MalformedKind.None } => Delivery.Malformed,
                { AnswerTwice: true } => Delivery.SentTwice,
                _ => Delivery.Sent,
            };
            if (delivery is Delivery.Sent or Delivery.SentTwice) Interlocked.Increment(ref _host.Meters.Answers);
            Finish(reply, delivery);
        }

        batch.Clear();
    }

    private void Drop(Reply reply) => Finish(reply, Delivery.ConnectionLost);

    private void Finish(Reply reply, Delivery delivery)
    {
        if (reply.Sequence > 0) _host.Ledger.SetDelivery(reply.Sequence, delivery);
        reply.Dispose();
        _slots.Release();
    }
}
