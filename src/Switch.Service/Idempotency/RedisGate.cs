using System.Diagnostics.CodeAnalysis;
using StackExchange.Redis;

namespace Switch.Service.Idempotency;

/// <summary>
/// Every operation passes here on its way in and out: bounded in number, refused without an exception while Redis is
/// known to be away, measured.
/// </summary>
internal sealed class RedisGate
{
    private readonly RedisConnection _connection;
    private readonly IdempotencyMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly int _inFlightMax;
    private int _inFlight;
    private volatile bool _suspect;

    public RedisGate(RedisConnection connection, RedisOptions options, IdempotencyMetrics metrics, TimeProvider time)
    {
        _connection = connection;
        _metrics = metrics;
        _time = time;
        _inFlightMax = options.OperationsInFlightMax;
    }

    /// <summary>
    /// Whether an operation on <paramref name="key"/> may go out; when not, nothing was or will be sent for it. Each
    /// true is followed by exactly one <see cref="Succeeded"/> or <see cref="Failed"/>.
    /// </summary>
    /// <param name="key">What the operation is about.</param>
    /// <param name="isGuarded">Only while the records are trusted, see <see cref="RedisConnection.Trust"/>.</param>
    /// <param name="database">Where to send it.</param>
    /// <param name="started">For the measurement.</param>
    public bool TryEnter(
        in RedisKey key, bool isGuarded, [NotNullWhen(true)] out IDatabase? database, out long started)
    {
        started = _time.GetTimestamp();
        database = _connection.Database;
        if (database is null || (isGuarded && !_connection.IsTrusted)) return false;

        // The client says "not connected" with an exception, which under load costs more than this question does; so
        // it is asked only after something has failed.
        if (_suspect && !database.IsConnected(key)) return false;

        if (Interlocked.Increment(ref _inFlight) <= _inFlightMax) return true;
        Interlocked.Decrement(ref _inFlight);
        return false;
    }

    public void Succeeded(string operation, long started)
    {
        Interlocked.Decrement(ref _inFlight);
        if (_suspect) _suspect = false;
        _metrics.Operation(operation, _time.GetElapsedTime(started), null);
    }

    public void Failed(string operation, long started, Exception exception)
    {
        Interlocked.Decrement(ref _inFlight);
        _suspect = true;
        _metrics.Operation(operation, _time.GetElapsedTime(started), RedisFault.NameOf(exception));
    }
}
