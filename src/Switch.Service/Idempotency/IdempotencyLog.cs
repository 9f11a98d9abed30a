namespace Switch.Service.Idempotency;

/// <summary>Events 4100–4199. None carries a key, a value or a connection string.</summary>
internal static partial class IdempotencyLog
{
    [LoggerMessage(4100, LogLevel.Information, "Redis is reachable at {Endpoint}.")]
    public static partial void RedisRestored(ILogger logger, string endpoint);

    [LoggerMessage(4101, LogLevel.Warning, "Redis connection to {Endpoint} failed: {Failure}.")]
    public static partial void RedisFailed(ILogger logger, string endpoint, string failure);

    [LoggerMessage(4102, LogLevel.Warning, "Redis is not reachable yet ({Error}); the next try comes in {DelayMs} ms.")]
    public static partial void RedisNotReachable(ILogger logger, string error, long delayMs);

    [LoggerMessage(4110, LogLevel.Error, "An idempotency record cannot be read: {Fault}. Nothing is sent for its key.")]
    public static partial void RecordUnreadable(ILogger logger, RecordFault fault);

    [LoggerMessage(4120, LogLevel.Warning, "A claim was lost to another owner before it ended; it stands {State}.")]
    public static partial void ClaimLost(ILogger logger, RecordState state);

    [LoggerMessage(
        4121, LogLevel.Error,
        "The claim of transaction {TransactionId} was abandoned: its record stays in flight until it is taken over.")]
    public static partial void ClaimAbandoned(ILogger logger, string transactionId);

    [LoggerMessage(4130, LogLevel.Error, "{Count} {Kind} writes to Redis were dropped: the queue is full or closing.")]
    public static partial void RepairsDropped(ILogger logger, string kind, int count);

    [LoggerMessage(
        4131, LogLevel.Error,
        "Repeating a {Kind} write to Redis ended in an unexpected error; it is tried again after a pause.")]
    public static partial void RepairFailed(ILogger logger, string kind, Exception exception);
}
