using System.Globalization;
using StackExchange.Redis;
using Switch.Programs;

namespace Switch.Load.Growth;

/// <summary>Fills a redis-server with copies of a record that the switch wrote, under keys of their own.</summary>
internal sealed class RecordFiller : IAsyncDisposable
{
    private const int BatchMax = 10_000;
    private const int KeyTries = 100;

    // A shorter one is a claim without its answer, or a decline.
    private const int RecordMin = 400;
    private const long LifeMs = 72L * 60 * 60 * 1000;

    // One batch, written where it is kept: 10,000 records of 0.75 KB are sent as one of them.
    private const string WriteBatch = """
        for i = 0, tonumber(ARGV[3]) - 1 do
          redis.call('SET', string.format('cs:{%s%012x}', ARGV[1], ARGV[2] + i), ARGV[4], 'PX', ARGV[5])
        end
        """;

    // The rest of a transaction id's 32 digits.
    private readonly string _keyPrefix = Guid.NewGuid().ToString("N")[..20];
    private readonly ConnectionMultiplexer _redis;
    private readonly IDatabase _database;
    private long _written;

    private RecordFiller(ConnectionMultiplexer redis)
    {
        _redis = redis;
        _database = redis.GetDatabase();
    }

    /// <summary>Connects.</summary>
    public static async Task<RecordFiller> OpenAsync(string address)
    {
        var options = ConfigurationOptions.Parse(address);
        options.AllowAdmin = true;
        options.SyncTimeout = options.AsyncTimeout = 60_000;
        return new RecordFiller(await ConnectionMultiplexer.ConnectAsync(options));
    }

    /// <summary>Records, and the few other keys that the switch keeps.</summary>
    public async Task<long> CountAsync() => (long)await _database.ExecuteAsync("DBSIZE");

    /// <summary>What the server says its data takes.</summary>
    public async Task<long> UsedBytesAsync()
    {
        var info = (string)(await _database.ExecuteAsync("INFO", "memory"))!;
        var line = info.Split('\n').First(static l => l.StartsWith("used_memory:", StringComparison.Ordinal));
        return long.Parse(line.Split(':')[1].Trim(), CultureInfo.InvariantCulture);
    }

    /// <summary>Writes until there are so many; the size of one value.</summary>
    /// <exception cref="HarnessException">There is no approval to copy, or the server has no room.</exception>
    public async Task<int> FillAsync(long wanted, CancellationToken stop)
    {
        var record = await FindRecordAsync();
        try
        {
            for (var count = await CountAsync(); count < wanted; count = await CountAsync())
            {
                for (var left = wanted - count; left > 0; left -= BatchMax)
                {
                    stop.ThrowIfCancellationRequested();
                    var batch = Math.Min(left, BatchMax);
                    await _database.ScriptEvaluateAsync(
                        WriteBatch, [], [_keyPrefix, _written, batch, record, LifeMs]);
                    _written += batch;
                }
            }
        }
        catch (RedisException e)
        {
            throw new HarnessException($"redis-server can't be filled to {wanted} records: {e.Message}", e);
        }

        return record.Length;
    }

    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    private async Task<byte[]> FindRecordAsync()
    {
        for (var tries = 0; tries < KeyTries; tries++)
        {
            var key = (string?)await _database.ExecuteAsync("RANDOMKEY");
            if (key is null || !key.StartsWith("cs:{", StringComparison.Ordinal)) continue;
            if (await _database.KeyTypeAsync(key) != RedisType.String) continue;
            var record = (byte[]?)await _database.StringGetAsync(key);
            if (record is { Length: >= RecordMin }) return record;
        }

        throw new HarnessException("redis-server holds no record of an approval that could be copied");
    }
}
