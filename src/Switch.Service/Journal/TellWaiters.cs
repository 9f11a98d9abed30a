namespace Switch.Service.Journal;

/// <summary>
/// Tells waiters what became of their writes, several of them in one work item of the thread pool. The writer's thread
/// must not run their code, and to hand over each by itself costs a thread's waking for a few microseconds of work.
/// </summary>
internal sealed class TellWaiters(PendingWrite[] writes) : IThreadPoolWorkItem
{
    /// <summary>Most in one item, so that the last does not wait for many others' code.</summary>
    private const int Max = 16;

    /// <summary>Spreads the waiters over the processors, and returns at once.</summary>
    public static void Queue(List<PendingWrite> done)
    {
        var share = Math.Clamp(done.Count / Environment.ProcessorCount, 1, Max);
        for (var from = 0; from < done.Count; from += share)
        {
            var some = new PendingWrite[Math.Min(share, done.Count - from)];
            done.CopyTo(from, some, 0, some.Length);
            ThreadPool.UnsafeQueueUserWorkItem(new TellWaiters(some), preferLocal: false);
        }
    }

    public void Execute()
    {
        foreach (var write in writes) write.TrySetResult(write.Fault);
    }
}
