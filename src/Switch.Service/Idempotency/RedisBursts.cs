using StackExchange.Redis;

namespace Switch.Service.Idempotency;

/// <summary>
/// Sends commands that many callers give at about the same time with one write. The first of a burst asks the thread
/// pool for a turn: a work item at the end of its global queue. Whatever is given until that turn comes, behind the
/// work that waits already, goes with it; an idle pool takes its turn at once. Safe for any number of callers.
/// </summary>
/// <param name="generation">
/// Of the store, see <see cref="RedisConnection.Generation"/>. A burst that another store would get is not sent: its
/// callers have asked whether the one before is to be trusted.
/// </param>
/// <remarks>Unbounded in itself: <see cref="RedisOptions.OperationsInFlightMax"/> bounds who gives commands.</remarks>
internal sealed class RedisBursts(Func<long> generation) : IThreadPoolWorkItem
{
    private readonly Lock _gate = new();

    // Held while a burst is written, so that closing waits for it.
    private readonly Lock _writing = new();
    private Burst? _gathering;
    private bool _closed;

    /// <summary>Gives a command. Ends when it is written, or fails when it is not known to be.</summary>
    /// <param name="database">Where it goes; always the same.</param>
    /// <param name="arguments">What <paramref name="command"/> needs.</param>
    /// <param name="command">Starts one command and returns its reply; runs under a lock, on this thread.</param>
    /// <param name="reply">To be awaited after this has ended well, and only then: else it may never end.</param>
    /// <exception cref="ObjectDisposedException">After <see cref="Close"/>; nothing is sent.</exception>
    public Task SendAsync<TArguments, TReply>(
        IDatabase database, TArguments arguments, Func<IDatabaseAsync, TArguments, Task<TReply>> command,
        out Task<TReply> reply)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (_gathering is null)
            {
                // Before the command, which may throw: a burst without a turn would keep everyone waiting for ever.
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                _gathering = new Burst(database.CreateBatch(), generation());
            }

            reply = command(_gathering.Batch, arguments);
            return _gathering.Written.Task;
        }
    }

    /// <summary>Writes what was given so far, and takes nothing more. Before the client is disposed.</summary>
    public void Close()
    {
        lock (_gate) _closed = true;
        Write();
    }

    void IThreadPoolWorkItem.Execute() => Write();

    private void Write()
    {
        Burst? burst;
        Exception? fault;
        lock (_writing)
        {
            lock (_gate)
            {
                burst = _gathering;
                _gathering = null;
            }

            if (burst is null) return;
            fault = Write(burst);
        }

        // Outside the locks, for it runs the callers: each goes on to wait for its reply.
        if (fault is null) burst.Written.SetResult();
        else burst.Written.SetException(fault);
    }

    private Exception? Write(Burst burst)
    {
        if (burst.Generation != generation())
            return new RedisConnectionException(
                ConnectionFailureType.UnableToResolvePhysicalConnection, CommandFlags.None,
                "The store changed before the burst was sent.", commandStatus: CommandStatus.WaitingToBeSent);
        try
        {
            burst.Batch.Execute();
            return null;
        }
        catch (RedisConnectionException)
        {
            // No server for one of them: the client has failed the reply of each, and none was written.
            return null;
        }
        catch (Exception fault)
        {
            // A server that the client retires just now, for example: part may be written, and nobody will tell.
            return fault;
        }
    }

    /// <summary>Commands that go together.</summary>
    private sealed class Burst(IBatch batch, long generation)
    {
        public IBatch Batch { get; } = batch;

        public long Generation { get; } = generation;

        public TaskCompletionSource Written { get; } = new();
    }
}
