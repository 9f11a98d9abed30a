namespace Switch.Service.Idempotency;

/// <summary>
/// The fenced steps as Lua: one key each, so any shard of a cluster can run them, and byte offsets as in
/// <see cref="IdempotencyRecord"/> (Lua counts from 1: state 2, flags 3, fence 4 to 19). The client sends them by hash
/// and loads them where a server does not know them. Garnet runs a script atomically only with
/// <c>--lua-transaction-mode</c>.
/// </summary>
internal static class RecordScripts
{
    /// <summary>
    /// Writes ARGV[2] for ARGV[3] milliseconds if there is no record (Redis lost it, or never had it) or an in-flight
    /// one with fence ARGV[1]; returns 1, or else the record that stands. A final record is never written again, so
    /// that repeating a completion cannot clear what a reversal has marked since.
    /// </summary>
    public const string Replace = """
        local record = redis.call('GET', KEYS[1])
        if record and (string.sub(record, 4, 19) ~= ARGV[1] or string.byte(record, 2) ~= 1) then return record end
        redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
        return 1
        """;

    /// <summary>
    /// Deletes the record if it is in flight with fence ARGV[1]; returns 1 if it is gone, 0 if it is not ours.
    /// </summary>
    public const string Release = """
        local record = redis.call('GET', KEYS[1])
        if not record then return 1 end
        if string.sub(record, 4, 19) ~= ARGV[1] or string.byte(record, 2) ~= 1 then return 0 end
        redis.call('DEL', KEYS[1])
        return 1
        """;

    /// <summary>
    /// Sets the reversal flag of a final record, keeping its time to live. Returns 1 if it is newly set, 0 if it was
    /// set, -1 if the record is not final, -2 if there is none.
    /// </summary>
    public const string MarkReversal = """
        local record = redis.call('GET', KEYS[1])
        if not record then return -2 end
        if string.byte(record, 2) ~= 2 then return -1 end
        local flags = string.byte(record, 3)
        if flags % 2 == 1 then return 0 end
        redis.call('SETRANGE', KEYS[1], 2, string.char(flags + 1))
        return 1
        """;
}
