using System.Globalization;
using StackExchange.Redis;

namespace Switch.Service.Idempotency;

/// <content>
/// What stands beside the records: the index of what stays open, in sixteen sorted sets so that a cluster spreads it;
/// the instances that are alive; and the canary. Rare work, off every request's path.
/// </content>
internal sealed partial class RedisIdempotencyStore
{
    private const string IndexDigits = "0123456789abcdef";
    private static readonly RedisKey Peers = "cs:{peers}";
    private static readonly RedisKey Canary = "cs:{peers}:canary";

    public async ValueTask<bool> IndexAsync(IReadOnlyCollection<string> add, IReadOnlyCollection<string> remove)
    {
        if (_connection.Database is not { } database) return false;
        var score = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var writes = new List<Task>();
        foreach (var digit in add.GroupBy(static id => id[0]))
            writes.Add(database.SortedSetAddAsync(
                IndexKey(digit.Key), [.. digit.Select(id => new SortedSetEntry(id, score))], SortedSetWhen.NotExists));
        foreach (var digit in remove.GroupBy(static id => id[0]))
            writes.Add(database.SortedSetRemoveAsync(
                IndexKey(digit.Key), [.. digit.Select(static id => (RedisValue)id)]));
        return await TryAsync(() => Task.WhenAll(writes));
    }

    public async ValueTask<IReadOnlyList<string>?> ReadIndexAsync(DateTimeOffset before, int skip, int max)
    {
        if (_connection.Database is not { } database || !IsTrusted) return null;
        var reads = IndexDigits.Select(digit => database.SortedSetRangeByScoreWithScoresAsync(
            IndexKey(digit), stop: before.ToUnixTimeMilliseconds(), skip: skip / IndexDigits.Length,
            take: (max / IndexDigits.Length) + 1)).ToList();
        if (!await TryAsync(() => Task.WhenAll(reads))) return null;
        return
        [
            .. reads.SelectMany(static read => read.Result)
                .OrderBy(static entry => entry.Score).Select(static entry => entry.Element.ToString()),
        ];
    }

    public async ValueTask<bool> AnnounceAsync(ulong journal, string identity, TimeSpan life)
    {
        if (_connection.Database is not { } database) return false;
        var member = Name(journal);
        return await TryAsync(() => Task.WhenAll(
            database.StringSetAsync(PeerKey(member), identity, life), database.SetAddAsync(Peers, member)));
    }

    public async ValueTask<IReadOnlyDictionary<ulong, string>?> PeersAsync()
    {
        if (_connection.Database is not { } database) return null;
        var alive = new Dictionary<ulong, string>();
        var isRead = await TryAsync(async () =>
        {
            var members = await database.SetMembersAsync(Peers);
            var values = await database.StringGetAsync([.. members.Select(static m => PeerKey(m.ToString()))]);
            var gone = new List<RedisValue>();
            for (var i = 0; i < members.Length; i++)
            {
                if (values[i].IsNull) gone.Add(members[i]);
                else alive[ulong.Parse(members[i].ToString(), NumberStyles.HexNumber, CultureInfo.InvariantCulture)] =
                    values[i].ToString();
            }

            // Who is alive adds itself again with its next announcement.
            if (gone.Count > 0) await database.SetRemoveAsync(Peers, [.. gone]);
        });
        return isRead ? alive : null;
    }

    public async ValueTask<StoreIdentity?> IdentifyAsync()
    {
        if (_connection.Database is not { } database) return null;
        StoreIdentity? identity = null;
        await TryAsync(async () =>
        {
            var canary = database.StringGetAsync(Canary);
            var processes = new SortedSet<string>(StringComparer.Ordinal);
            foreach (var server in database.Multiplexer.GetServers())
            {
                if (!server.IsConnected || server.IsReplica || server.ServerType == ServerType.Sentinel) continue;
                processes.Add(RunId(await server.InfoRawAsync("server") ?? ""));
            }

            var planted = await canary;
            if (processes.Count > 0) identity = new StoreIdentity(string.Join('+', processes), planted.ToString());
        });
        return identity;
    }

    public async ValueTask<bool> PlantCanaryAsync()
    {
        if (_connection.Database is not { } database) return false;
        var value = Name(InstanceId.Draw());
        return await TryAsync(() => database.StringSetAsync(Canary, value, when: When.NotExists));
    }

    private static RedisKey IndexKey(char digit) => $"cs:{{open:{digit}}}";

    private static RedisKey PeerKey(string member) => $"cs:{{peers}}:{member}";

    private static string Name(ulong number) => number.ToString("x16", CultureInfo.InvariantCulture);

    private static string RunId(string info)
    {
        const string Field = "run_id:";
        var at = info.IndexOf(Field, StringComparison.Ordinal);
        if (at < 0) return "";
        var text = info.AsSpan(at + Field.Length);
        var end = text.IndexOfAny('\r', '\n');
        return (end < 0 ? text : text[..end]).ToString();
    }

    private static async Task<bool> TryAsync(Func<Task> step)
    {
        try
        {
            await step();
            return true;
        }
        catch (Exception exception) when (RedisFault.IsExpected(exception))
        {
            return false;
        }
    }
}
