using System.Text;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Switch.Service.Idempotency;

/// <summary>
/// The records in Redis, one key a request. Each step is one round trip, never throws for a Redis that is down or
/// hangs, and ends within <see cref="RedisOptions.OperationTimeout"/> and a third of being written: once the thread
/// pool has come to its burst.
/// </summary>
internal sealed partial class RedisIdempotencyStore : IIdempotencyStore
{
    private const string Set = "SET";
    private const string Get = "GET";
    private const string Script = "EVALSHA";

    private readonly RedisConnection _connection;
    private readonly RedisGate _gate;
    private readonly ILogger<RedisIdempotencyStore> _logger;
    private readonly TimeProvider _time;
    private readonly TimeSpan _ttl;
    private readonly RedisValue _ttlMs;

    public RedisIdempotencyStore(
        RedisConnection connection,
        IOptions<RedisOptions> options,
        IdempotencyMetrics metrics,
        TimeProvider time,
        ILogger<RedisIdempotencyStore> logger)
    {
        _connection = connection;
        _gate = new RedisGate(connection, options.Value, metrics, time);
        _logger = logger;
        _time = time;
        _ttl = options.Value.RecordTtl;
        _ttlMs = (long)_ttl.TotalMilliseconds;
    }

    public long Generation => _connection.Generation;

    public bool IsTrusted => _connection.IsTrusted;

    public void Distrust() => _connection.Distrust();

    public Task WaitForChangeAsync(TimeSpan atMost, CancellationToken cancellationToken) =>
        _connection.WaitForChangeAsync(atMost, cancellationToken);

    public void Trust(long generation) => _connection.Trust(generation);

    public async ValueTask<StoreReply> SetIfAbsentAsync(string transactionId, byte[] record)
    {
        var key = KeyOf(transactionId);
        if (!_gate.TryEnter(key, isGuarded: true, out var database, out var started)) return StoreReply.Refused;
        RedisValue found;
        try
        {
            await _connection.Bursts.SendAsync(
                database, (Key: key, Record: record, Life: _ttl),
                static (burst, set) => burst.StringSetAndGetAsync(
                    set.Key, set.Record, set.Life, When.NotExists, CommandFlags.None),
                out var reply);
            found = await reply;
        }
        catch (Exception exception) when (RedisFault.IsExpected(exception))
        {
            _gate.Failed(Set, started, exception);
            return RedisFault.IsCertainlyNotRun(exception) ? StoreReply.Refused : StoreReply.Unavailable;
        }

        _gate.Succeeded(Set, started);
        return found.IsNull ? StoreReply.Done : Read(found);
    }

    public ValueTask<StoreReply> ReplaceAsync(
        string transactionId, byte[] expected, byte[] record, bool orAbsent, bool keepLife) =>
        EvaluateAsync(
            RecordScripts.Replace, transactionId, isGuarded: true,
            [expected, record, _ttlMs, orAbsent ? 1 : 0, keepLife ? 1 : 0]);

    public ValueTask<StoreReply> TakeExpiredAsync(string transactionId, Fence fence, byte[] record) =>
        EvaluateAsync(RecordScripts.TakeExpired, transactionId, isGuarded: true, [fence.ToArray(), record, _ttlMs]);

    public ValueTask<StoreReply> DeleteAsync(string transactionId, Fence fence) =>
        EvaluateAsync(RecordScripts.Delete, transactionId, isGuarded: true, [fence.ToArray()]);

    public ValueTask<StoreReply> RestoreAsync(
        string transactionId, byte[] record, TimeSpan life, bool overInFlight, byte[]? over = null) =>
        EvaluateAsync(
            RecordScripts.Restore, transactionId, isGuarded: false,
            [record, Math.Max(1, (long)life.TotalMilliseconds), overInFlight ? 1 : 0, over ?? []]);

    public async ValueTask<StoreReply> GetAsync(string transactionId)
    {
        var key = KeyOf(transactionId);
        if (!_gate.TryEnter(key, isGuarded: true, out var database, out var started)) return StoreReply.Refused;
        RedisValue found;
        try
        {
            await _connection.Bursts.SendAsync(
                database, key, static (burst, key) => burst.StringGetAsync(key), out var reply);
            found = await reply;
        }
        catch (Exception exception) when (RedisFault.IsExpected(exception))
        {
            _gate.Failed(Get, started, exception);
            return StoreReply.Unavailable;
        }

        _gate.Succeeded(Get, started);
        return found.IsNull ? StoreReply.Absent : Read(found);
    }

    // The braces are a hash tag: a cluster places the record by the transaction id alone.
    internal static byte[] KeyOf(string transactionId)
    {
        var key = new byte[transactionId.Length + 5];
        "cs:{"u8.CopyTo(key);
        Encoding.ASCII.GetBytes(transactionId, key.AsSpan(4));
        key[^1] = (byte)'}';
        return key;
    }

    private async ValueTask<StoreReply> EvaluateAsync(
        RecordScript script, string transactionId, bool isGuarded, RedisValue[] arguments)
    {
        RedisKey key = KeyOf(transactionId);
        if (!_gate.TryEnter(key, isGuarded, out var database, out var started)) return StoreReply.Refused;
        RedisResult result;
        try
        {
            try
            {
                await _connection.Bursts.SendAsync(
                    database, (script.Hash, Key: key, Arguments: arguments),
                    static (burst, run) => burst.ScriptEvaluateAsync(run.Hash, [run.Key], run.Arguments),
                    out var reply);
                result = await reply;
            }
            catch (RedisServerException unknown) when (RedisFault.IsOfUnknownScript(unknown))
            {
                // A server that has not run it yet, or was restarted. Given the text, the client loads it first.
                result = await database.ScriptEvaluateAsync(script.Text, [key], arguments);
            }
        }
        catch (Exception exception) when (RedisFault.IsExpected(exception))
        {
            _gate.Failed(Script, started, exception);
            return RedisFault.IsCertainlyNotRun(exception) ? StoreReply.Refused : StoreReply.Unavailable;
        }

        _gate.Succeeded(Script, started);
        if (result.Resp2Type == ResultType.Integer) return (int)result == 1 ? StoreReply.Done : StoreReply.Absent;
        return Read((RedisValue)result);
    }

    private StoreReply Read(RedisValue value)
    {
        if (IdempotencyRecord.TryDecode((ReadOnlyMemory<byte>)value, out var record, out var fault))
            return StoreReply.Found(record);
        IdempotencyLog.RecordUnreadable(_logger, fault);
        return StoreReply.Refused;
    }
}
