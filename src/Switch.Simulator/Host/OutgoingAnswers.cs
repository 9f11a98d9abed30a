namespace Switch.Simulator;

/// <summary>
/// The answers of one connection that are due, in the order in which they became so. Nobody waits for them: who adds
/// some says when they leave, and what has gathered by then leaves in one system call. Safe for several threads.
/// </summary>
internal sealed class OutgoingAnswers
{
    private const int WriteBufferBytes = 64 * 1024;

    // While requests keep coming nobody says that answers may leave, and the first must not wait for all the others.
    private const int GatheredMax = 128;

    private readonly AcquirerHost _host;
    private readonly HostConnection _connection;
    private readonly Stream _stream;
    private readonly CancellationToken _closing;
    private readonly SemaphoreSlim _slots;

    // Timers add beside the reading loop, and one of them at a time may send.
    private readonly Lock _gate = new();

    // The slots bound what waits here: a reply comes only with one.
    private readonly Queue<Reply> _due = [];
    private readonly List<Reply> _batch = [];
    private readonly byte[] _buffer;
    private Task _sending = Task.CompletedTask;
    private bool _isSending;
    private bool _isClosed;

    /// <summary>Sends to a stream. An answer that has left, or never will, gives its slot back.</summary>
    public OutgoingAnswers(
        AcquirerHost host, HostConnection connection, Stream stream, SemaphoreSlim slots, CancellationToken closing)
    {
        _host = host;
        _connection = connection;
        _stream = stream;
        _closing = closing;
        _slots = slots;
        _buffer = new byte[Math.Max(WriteBufferBytes, 2 * AnswerFrames.MaxBytes(host.Dialect.Frame))];
    }

    /// <summary>Adds an answer that is due. It leaves with the next flush, or sooner.</summary>
    public void Add(Reply reply)
    {
        int gathered;
        lock (_gate)
        {
            if (!_isClosed) _due.Enqueue(reply);
            gathered = _isClosed ? 0 : _due.Count;
        }

        if (gathered == 0) Drop(reply);
        else if (gathered >= GatheredMax) FlushSoon();
    }

    /// <summary>
    /// Lets go what has gathered, on this thread as far as the socket takes it. Only the reading loop calls this, which
    /// also closes: so the close knows of every write.
    /// </summary>
    public void Flush()
    {
        lock (_gate)
        {
            if (_isSending || _due.Count == 0) return;
            _isSending = true;
        }

        var sending = SendAsync();
        if (sending.IsCompletedSuccessfully) return;
        lock (_gate) Remember(sending);
    }

    /// <summary>Lets go what has gathered on another thread: what becomes due meanwhile leaves with it.</summary>
    public void FlushSoon()
    {
        lock (_gate)
        {
            if (_isSending || _isClosed || _due.Count == 0) return;
            _isSending = true;
            Remember(Task.Run(SendAsync, CancellationToken.None));
        }
    }

    /// <summary>Lets nothing go any more. Completes when the last write has ended; the rest is dropped.</summary>
    public async Task CloseAsync()
    {
        Task sending;
        lock (_gate)
        {
            _isClosed = true;
            sending = _sending;
        }

        await sending;
        foreach (var reply in _due) Drop(reply);
        _due.Clear();
    }

    // Called with the gate held. A failure is kept until the end, where it fails the connection.
    private void Remember(Task sending) =>
        _sending = _sending.IsCompletedSuccessfully ? sending : Task.WhenAll(_sending, sending);

    private async Task SendAsync()
    {
        try
        {
            while (TryFill(out var bytes))
            {
                await _stream.WriteAsync(_buffer.AsMemory(0, bytes), _closing);
                var isLast = _batch[^1].ClosesAfter;
                Settle();
                if (isLast) _connection.Close(HostCloseReason.Scenario);
            }
        }
        catch (Exception exception) when (HostConnection.IsEndOfStream(exception))
        {
            foreach (var reply in _batch) Drop(reply);
            _batch.Clear();
            _connection.Close(HostCloseReason.PeerClosed);
            lock (_gate) _isSending = false;
        }
    }

    // False lets the next flush begin.
    private bool TryFill(out int bytes)
    {
        bytes = 0;
        var room = AnswerFrames.MaxBytes(_host.Dialect.Frame);
        lock (_gate)
        {
            while (_buffer.Length - bytes >= room && _due.TryDequeue(out var reply))
            {
                _batch.Add(reply);
                bytes += AnswerFrames.Append(reply, _host.Dialect, _host.Run, _buffer.AsSpan(bytes));
                if (reply.ClosesAfter) break;
            }

            return _isSending = _batch.Count > 0;
        }
    }

    private void Settle()
    {
        foreach (var reply in _batch)
        {
            var delivery = reply.Actions switch
            {
                { Disconnect: DisconnectKind.Instead } => Delivery.Disconnected,
                { Malformed: not MalformedKind.None } => Delivery.Malformed,
                { AnswerTwice: true } => Delivery.SentTwice,
                _ => Delivery.Sent,
            };
            Finish(reply, delivery);
            // Last: who sees it counted finds it in the books.
            if (delivery is Delivery.Sent or Delivery.SentTwice) Interlocked.Increment(ref _host.Meters.Answers);
        }

        _batch.Clear();
    }

    private void Drop(Reply reply) => Finish(reply, Delivery.ConnectionLost);

    private void Finish(Reply reply, Delivery delivery)
    {
        if (reply.Sequence > 0) _host.Ledger.SetDelivery(reply.Sequence, delivery);
        reply.Dispose();
        _slots.Release();
    }
}
