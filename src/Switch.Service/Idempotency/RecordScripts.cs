namespace Switch.Service.Idempotency;

/// <summary>
/// The fenced steps as Lua: one key each, so any shard of a cluster can run them, and byte offsets as in
/// <see cref="IdempotencyRecord"/> (Lua counts from 1: state 2, flags 3, fence 4 to 19, guard 2 to 51, lease floor 60
/// to 67). They are sent by hash, and as text to a server that does not know the hash. Garnet runs a script atomically
/// only with <c>--lua-transaction-mode</c>. Each returns 1 when it was done, 0 when there is no record, or the record
/// that stands.
/// </summary>
internal static class RecordScripts
{
    /// <summary>
    /// Writes ARGV[2] if the record has the guard ARGV[1] (state, flags, fence, fingerprint and owner), or if there is
    /// none and ARGV[4] is 1. If ARGV[5] is 1 it keeps the life of the record that stands; else, or where there is
    /// none, it lives ARGV[3] milliseconds.
    /// </summary>
    /// <remarks>
    /// It ends every payment, and a call from Lua costs more than the command itself. So the usual case is one: the
    /// record is written, the command tells what stood before, and what does not have the guard is put back. Nobody
    /// sees it in between, for a script is one step to all others.
    /// </remarks>
    public static readonly RecordScript Replace = new("""
        local record
        if ARGV[5] == '1' then
          record = redis.call('SET', KEYS[1], ARGV[2], 'XX', 'KEEPTTL', 'GET')
          if record then
            if string.sub(record, 2, 51) == ARGV[1] then return 1 end
            redis.call('SET', KEYS[1], record, 'XX', 'KEEPTTL')
            return record
          end
        else
          record = redis.call('GET', KEYS[1])
          if record and string.sub(record, 2, 51) ~= ARGV[1] then return record end
        end
        if not record and ARGV[4] ~= '1' then return 0 end
        redis.call('PSETEX', KEYS[1], ARGV[3], ARGV[2])
        return 1
        """);

    /// <summary>
    /// Writes ARGV[2] for ARGV[3] milliseconds over an in-flight record with fence ARGV[1] whose lease has run out: its
    /// remaining life is at its lease floor or below.
    /// </summary>
    public static readonly RecordScript TakeExpired = new("""
        local record = redis.call('GET', KEYS[1])
        if not record then return 0 end
        if string.sub(record, 4, 19) ~= ARGV[1] or string.byte(record, 2) ~= 1 then return record end
        local floor = 0
        for i = 67, 60, -1 do floor = floor * 256 + string.byte(record, i) end
        if redis.call('PTTL', KEYS[1]) > floor then return record end
        redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
        return 1
        """);

    /// <summary>Deletes the record if it is in flight with fence ARGV[1].</summary>
    public static readonly RecordScript Delete = new("""
        local record = redis.call('GET', KEYS[1])
        if not record then return 1 end
        if string.sub(record, 4, 19) ~= ARGV[1] or string.byte(record, 2) ~= 1 then return record end
        redis.call('DEL', KEYS[1])
        return 1
        """);

    /// <summary>
    /// Writes ARGV[1] for ARGV[2] milliseconds if there is no record, or an in-flight one and ARGV[3] is 1: an answer
    /// that a terminal has seen outranks an attempt.
    /// </summary>
    public static readonly RecordScript Restore = new("""
        local record = redis.call('GET', KEYS[1])
        if record and string.sub(record, 2, 51) ~= ARGV[4]
            and (ARGV[3] ~= '1' or string.byte(record, 2) ~= 1) then return record end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        return 1
        """);
}
