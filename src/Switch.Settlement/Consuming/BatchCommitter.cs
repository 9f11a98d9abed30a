using Switch.Settlement.Hosting;

namespace Switch.Settlement.Consuming;

/// <summary>
/// Writes one batch at a time beside the thread that gathers the next one, again and again until the store takes it.
/// </summary>
internal sealed class BatchCommitter(
    BooksWriter writer, DeadLetterPublisher deadLetters, BatchOptions options, ConsumingMetrics metrics,
    TimeProvider time, ILogger logger)
{
    private const int AttemptsTogether = 5;

    private Task<BatchResult>? _writing;

    public bool IsIdle => _writing is null;

    /// <summary>Events written since the start.</summary>
    public long EventsWritten { get; private set; }

    public void Begin(MessageBatch batch, CancellationToken cancellationToken) =>
        // A thread of its own: the drivers' calls block, and PostgreSQL's may do so for long.
        _writing = Task.Factory.StartNew(
            () => Write(batch.Messages, cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

    /// <summary>Waits for the batch, that long at most.</summary>
    /// <returns>What became of it; null while it is still written, or when there is none.</returns>
    /// <exception cref="OperationCanceledException">It was given up; nothing of it was written, or all.</exception>
    public BatchResult? End(TimeSpan atMost)
    {
        if (_writing is not { } writing || (!writing.IsCompleted && !Finishes(writing, atMost))) return null;
        _writing = null;
        var result = writing.GetAwaiter().GetResult();
        EventsWritten += result.Events;
        return result;
    }

    private static bool Finishes(Task writing, TimeSpan atMost) =>
        Task.WaitAny([writing], atMost) == 0;

    private BatchResult Write(IReadOnlyList<ReadMessage> messages, CancellationToken cancellationToken)
    {
        var pause = options.RetryMin;
        var (lastFault, sameFaults) = ("", 0);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                var started = time.GetTimestamp();
                var result = sameFaults < AttemptsTogether
                    ? writer.Write(messages)
                    : WriteApart(messages.ToArray(), cancellationToken);
                metrics.Written(result, time.GetElapsedTime(started));
                if (result.DeadLetters > 0) TellDeadLetters(messages, result.DeadLetters);
                return result;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // The store is away, most likely. Nothing was written, or all was: then the offsets no longer match.
                // Or it is one of the messages, and fails the same way every time.
                sameFaults = !WriteFaults.IsOfMessage(e) ? 0 : e.Message == lastFault ? sameFaults + 1 : 1;
                lastFault = e.Message;
                metrics.Failed();
                ConsumingLog.WriteFailed(logger, e, messages.Count, pause);
            }

            Task.Delay(pause, time, cancellationToken).GetAwaiter().GetResult();
            pause = pause * 2 < options.RetryMax ? pause * 2 : options.RetryMax;
        }
    }

    // By halves, in their order: what can be written is, and a message that fails alone is a dead letter.
    private BatchResult WriteApart(ArraySegment<ReadMessage> messages, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return writer.Write(messages);
        }
        catch (Exception e) when (WriteFaults.IsOfMessage(e))
        {
            if (messages.Count == 1)
                return writer.Write([messages[0] with { Event = null, Fault = WriteFaults.ReasonOf(e) }]);
        }

        var half = messages.Count / 2;
        var first = WriteApart(messages[..half], cancellationToken);
        return first.IsFenced ? first : first + WriteApart(messages[half..], cancellationToken);
    }

    private void TellDeadLetters(IReadOnlyList<ReadMessage> messages, int count)
    {
        var last = messages[^1].Message;
        ConsumingLog.DeadLetters(logger, count, last.Partition, last.Offset);
        deadLetters.Wake();
    }
}
