using System.Threading.Tasks.Sources;

namespace Switch.Load.Doors;

/// <summary>
/// Who waits for one answer on a stream. Reused, and resumed by the reader itself: a hop to another thread for each
/// answer would be the generator's cost, not the switch's.
/// </summary>
internal sealed class Waiting : IValueTaskSource<Reply>
{
    private readonly Stack<Waiting> _pool;
    private ManualResetValueTaskSourceCore<Reply> _core;

    public Waiting(Stack<Waiting> pool) => _pool = pool;

    /// <summary>Another that waits for an answer with the same key, sent later.</summary>
    public Waiting? Next { get; set; }

    public ValueTask<Reply> Task => new(this, _core.Version);

    public void Answer(Reply reply) => _core.SetResult(reply);

    public Reply GetResult(short token)
    {
        var result = _core.GetResult(token);
        _core.Reset();
        Next = null;
        lock (_pool) _pool.Push(this);
        return result;
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
