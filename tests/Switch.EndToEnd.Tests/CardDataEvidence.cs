using System.Globalization;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Data.Sqlite;
using StackExchange.Redis;
using Switch.Testing;

namespace Switch.EndToEnd.Tests;

/// <summary>
/// Everything that the switch lets out of its memory, gathered piece by piece: a line, a row, a record each, so that a
/// finding says where it was.
/// </summary>
internal sealed class CardDataEvidence
{
    private readonly List<(string Where, byte[] Data)> _pieces = [];

    public IEnumerable<string> Places => _pieces.Select(p => p.Where);

    public long Bytes => _pieces.Sum(p => (long)p.Data.Length);

    public void Add(string where, byte[] data) => _pieces.Add((where, data));

    public void Add(string where, string? text) => Add(where, Encoding.UTF8.GetBytes(text ?? ""));

    /// <summary>An answer: as it came over the wire and as it prints.</summary>
    public void AddMessage(string where, IMessage message)
    {
        Add(where, message.ToByteArray());
        Add(where + " as text", message.ToString());
    }

    /// <summary>What a refused client holds in its hands: the exception, every trailer, every detail.</summary>
    public void AddError(string where, RpcException error)
    {
        Add(where, error.ToString());
        foreach (var trailer in error.Trailers)
        {
            var value = trailer.IsBinary ? trailer.ValueBytes : Encoding.UTF8.GetBytes(trailer.Value);
            Add($"{where}, trailer {trailer.Key}", value);
        }

        if (error.GetRpcStatus() is { } status) AddMessage($"{where}, status", status);
    }

    public void AddLog(LogCapture log)
    {
        foreach (var line in log.Lines) Add($"log event {line.EventId}", line.Text);
    }

    public void AddActivities(ActivityRecorder recorder)
    {
        foreach (var activity in recorder.Stopped)
            Add($"span {activity.OperationName}", ActivityRecorder.Describe(activity));
    }

    public void AddKafka(string bootstrapServers)
    {
        foreach (var record in KafkaRecords.ReadAll(bootstrapServers))
        {
            Add("Kafka key", record.Message.Key);
            Add("Kafka value", record.Message.Value);
            foreach (var header in record.Message.Headers) Add($"Kafka header {header.Key}", header.GetValueBytes());
        }
    }

    public async Task AddRedisAsync(string address)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(address);
        var server = redis.GetServer(redis.GetEndPoints()[0]);
        await foreach (var key in server.KeysAsync(pageSize: 1000))
        {
            Add("Redis key", (byte[])key!);
            foreach (var value in await ValuesAsync(redis.GetDatabase(), key)) Add("Redis value", value);
        }
    }

    // Records, presence and canary are strings, instances a set, what stays open sorted sets.
    private static async Task<IEnumerable<byte[]>> ValuesAsync(IDatabase database, RedisKey key)
    {
        RedisValue[] values = await database.KeyTypeAsync(key) switch
        {
            RedisType.String => [await database.StringGetAsync(key)],
            RedisType.Set => await database.SetMembersAsync(key),
            RedisType.SortedSet => await database.SortedSetRangeByRankAsync(key),
            // It went between two commands.
            RedisType.None => [],
            var other => throw new InvalidOperationException($"Nobody reads a {other}."),
        };
        return values.Where(static value => !value.IsNull).Select(static value => (byte[])value!);
    }

    public async Task AddMetricsAsync(string management, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        var text = await http.GetStringAsync(new Uri(management + "/metrics"), cancellationToken);
        foreach (var line in text.Split('\n')) Add("metrics", line);
    }

    /// <summary>Every file as it lies on the disk, deleted rows and the write-ahead log included.</summary>
    public void AddFiles(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            // Held exclusively while the service runs, and there to be held only.
            if (path.EndsWith(".lock", StringComparison.Ordinal))
            {
                Assert.Equal(0, new FileInfo(path).Length);
                continue;
            }

            const FileShare Any = FileShare.ReadWrite | FileShare.Delete;
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, Any);
            using var copy = new MemoryStream();
            file.CopyTo(copy);
            Add($"file {Path.GetFileName(path)}", copy.ToArray());
        }
    }

    /// <summary>Every row as SQLite reads it: in the file a long value is cut at the ends of pages.</summary>
    /// <returns>How many rows.</returns>
    public int AddRows(string journal)
    {
        using var connection = new SqliteConnection($"Data Source={journal};Mode=ReadOnly;Pooling=False");
        connection.Open();
        var count = 0;
        foreach (var table in Tables(connection))
        {
            using var command = connection.CreateCommand();
            // The name comes from the database's own list.
#pragma warning disable CA2100
            command.CommandText = $"SELECT * FROM \"{table}\"";
#pragma warning restore CA2100
            using var row = command.ExecuteReader();
            for (; row.Read(); count++)
            {
                for (var i = 0; i < row.FieldCount; i++)
                {
                    var where = $"journal {table}.{row.GetName(i)}";
                    if (row.GetValue(i) is byte[] blob) Add(where, blob);
                    else Add(where, Convert.ToString(row.GetValue(i), CultureInfo.InvariantCulture));
                }
            }
        }

        return count;
    }

    /// <summary>Where card data was found; empty when all is well.</summary>
    public IReadOnlyList<Sighting> Search(CardDataSearch search) =>
        [.. _pieces.SelectMany(piece => search.Find(piece.Where, piece.Data))];

    private static List<string> Tables(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT name FROM sqlite_master WHERE type = 'table'";
        using var row = command.ExecuteReader();
        var tables = new List<string>();
        while (row.Read()) tables.Add(row.GetString(0));
        return tables;
    }
}
