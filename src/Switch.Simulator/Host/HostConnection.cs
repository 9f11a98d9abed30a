using System.Net.Sockets;
using Switch.Iso8583;

namespace Switch.Simulator;

/// <summary>
/// One accepted connection: a loop that reads and answers what is due at once, and timers for the rest, so that answers
/// overtake each other as their latencies say and a slow one holds no thread.
/// </summary>
internal sealed class HostConnection : IDisposable
{
    // Messages handled without a pause before other connections have their turn.
    private const int UnbrokenMax = 128;

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly AcquirerHost _host;
    private readonly ConnectionSession _session = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly OutgoingAnswers _answers;
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
        _answers = new OutgoingAnswers(host, this, _stream, _slots, _closing.Token);
    }

    /// <summary>Serves the connection until it ends, and tells why it did.</summary>
    public async Task<HostCloseReason> RunAsync()
    {
        await ReadAsync();
        await _answers.CloseAsync();
        return (HostCloseReason)_reason;
    }

    /// <summary>Ends the connection. Only the first reason counts.</summary>
    public void Close(HostCloseReason reason)
    {
        // The socket itself is closed when reading and writing have let go of it: with a read pending the system would
        // reset the connection, and what was written last might never arrive.
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

    /// <summary>Whether this is how a stream ends, and no bug.</summary>
    public static bool IsEndOfStream(Exception exception) =>
        exception is IOException or OperationCanceledException or ObjectDisposedException;

    private async Task ReadAsync()
    {
        var reader = new IsoFrameReader(_stream, _host.Dialect);
        using var message = IsoMessage.Rent(_host.Dialect);
        var unbroken = 0;
        try
        {
            while (!_closing.IsCancellationRequested)
            {
                var slot = _slots.WaitAsync(_closing.Token);
                // Answers that have gathered may hold all the slots.
                if (!slot.IsCompleted) _answers.Flush();
                await slot;
                var reading = reader.ReadAsync(_closing.Token);
                if (reading.IsCompleted) unbroken++;
                else
                {
                    // Nothing more has come: the answers to all that came together leave together.
                    _answers.Flush();
                    unbroken = 0;
                }

                if (unbroken >= UnbrokenMax)
                {
                    // A peer that never pauses must not keep the thread that other connections are read on.
                    await Task.Yield();
                    unbroken = 0;
                }

                if (Handle(await reading, message) is { } reply) Schedule(reply);
                else _slots.Release();
            }
        }
        catch (Exception exception) when (IsEndOfStream(exception))
        {
            Close(HostCloseReason.PeerClosed);
        }
    }

    // What has gathered leaves first, unless something is on its way already: with that the rest is lost.
    private void End(HostCloseReason reason)
    {
        _answers.Flush();
        Close(reason);
    }

    private Reply? Handle(in IsoFrame frame, IsoMessage message)
    {
        if (frame.IsEnd)
        {
            End(HostCloseReason.PeerClosed);
            return null;
        }

        if (!frame.IsMessage)
        {
            _host.Meters.Fault($"frame: {frame.Fault}");
            End(HostCloseReason.BadFrame);
            return null;
        }

        if (!message.TryParse(frame.Message.Span, out var fault))
        {
            _host.Meters.Fault(fault.ToString());
            End(HostCloseReason.BadMessage);
            return null;
        }

        Interlocked.Increment(ref _host.Meters.Messages);
        var reply = _host.Handle(message, _session);
        if (reply.Actions.Disconnect == DisconnectKind.Before)
        {
            End(HostCloseReason.Scenario);
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
        if (reply.Delay > TimeSpan.Zero || !ReleaseOf(reply).IsCompleted)
        {
            _ = AddLaterAsync(reply);
            return;
        }

        _answers.Add(reply);
        // The peer learns at once that the connection ends, however many requests come after.
        if (reply.ClosesAfter) _answers.FlushSoon();
    }

    private async Task AddLaterAsync(Reply reply)
    {
        // Once: the connection may be gone, and its source with it, when the first wait is over.
        var closing = _closing.Token;
        try
        {
            if (reply.Delay > TimeSpan.Zero) await Task.Delay(reply.Delay, _host.Time, closing);
            await ReleaseOf(reply).WaitAsync(closing);
        }
        catch (OperationCanceledException)
        {
            // The connection is gone; its closed queue below drops the reply.
        }

        _answers.Add(reply);
        _answers.FlushSoon();
    }

    private Task ReleaseOf(Reply reply) => reply.Sequence > 0 ? _host.Release : Task.CompletedTask;
}
