using StackExchange.Redis;

namespace Switch.Service.Idempotency;

/// <summary>
/// Sends commands that many callers give at about the same time with one write. The first of a burst asks the thread
/// pool for a turn; whatever is given until that turn comes, behind the work that waits already, goes with it. An idle
/// pool takes its turn at once, a busy one gathers more. Safe for any number of callers.
/// </summary>
/// <remarks>
/// A command is written later than it is given, but under what its caller has read before it: a claim's generation and
/// lease are taken first, so the time between can only make them too strict.
/// </remarks>
internal sealed class RedisBursts : IThreadPoolWorkItem
{
    private readonly Lock _gate = new();

    // Held while a burst is written, so that closing waits for it.
    private readonly Lock _writing = new();
    private IBatch? _gathering;
    private bool _closed;

    /// <summary>Gives a command; it is written with the next burst.</summary>
    /// <param name="database">Where it goes; always the same.</param>
    /// <param name="arguments">What <paramref name="command"/> needs.</param>
    /// <param name="command">Starts one command and returns its reply; runs under a lock, on this thread.</param>
    /// <exception cref="ObjectDisposedException">After <see cref="Close"/>; nothing is sent.</exception>
    public Task<TReply> GiveAsync<TArguments, TReply>(
        IDatabase database, TArguments arguments, Func<IDatabaseAsync, TArguments, Task<TReply>> command)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (_gathering is null)
            {
                _gathering = database.CreateBatch();
                // Not this thread's own queue: from there it would be taken before the work that waits.
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            }

            return command(_gathering, arguments);
        }
    }

    /// <summary>Writes what was given so far, and takes nothing more. Before the client is disposed.</summary>
    public void Close()
    {
        lock (_gate) _closed = true;
        Execute();
    }

    /// <summary>The pool's turn.</summary>
    public void Execute()
    {
        lock (_writing)
        {
            IBatch? burst;
            lock (_gate)
            {
                burst = _gathering;
                _gathering = null;
            }

            try
            {
                burst?.Execute();
            }
            catch (RedisConnectionException)
            {
                // No server at all is connected: the client has told each caller that nothing was written.
            }
        }
    }
}
