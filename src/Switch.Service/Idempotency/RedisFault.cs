using StackExchange.Redis;

namespace Switch.Service.Idempotency;

/// <summary>Reads the exceptions of the Redis client: the one place where they turn into facts.</summary>
internal static class RedisFault
{
    /// <summary>Whether this is the client saying that an operation failed, rather than a bug of ours.</summary>
    public static bool IsExpected(Exception exception) =>
        exception is RedisException or TimeoutException or ObjectDisposedException or OperationCanceledException;

    /// <summary>
    /// Whether the server certainly did not run the operation and never will: it refused it, or the client had no
    /// connection to write it to. A time-out is never certain: the bytes may lie in a buffer of a server that resumes.
    /// </summary>
    public static bool IsCertainlyNotRun(Exception exception) => exception switch
    {
        RedisServerException or RedisCommandException => true,
        RedisConnectionException connection =>
            connection.CommandStatus is CommandStatus.WaitingToBeSent or CommandStatus.WaitingInBacklog,
        _ => false,
    };

    /// <summary>Whether a server was asked for a script by a hash that it does not know; it ran nothing.</summary>
    public static bool IsOfUnknownScript(RedisServerException exception) =>
        exception.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal);

    /// <summary>A name for metrics, from a closed set.</summary>
    public static string NameOf(Exception exception) => exception switch
    {
        TimeoutException => "timeout",
        RedisConnectionException => "connection",
        RedisServerException => "server",
        _ => "client",
    };
}
