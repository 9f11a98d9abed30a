using System.Data.Common;

namespace Switch.Settlement.Store;

/// <summary>
/// Held by the one rebuild that a store may have at a time, from its beginning to its end: all of them would make their
/// books in the same place beside. A file beside a SQLite store, a lock of the session on PostgreSQL; both are free
/// again when the process ends, however it ends.
/// </summary>
internal sealed class RebuildLock : IDisposable
{
    private const string FileEnding = ".rebuilding";
    private const string Key = "hashtextextended('cardswitch.settlement.rebuild.' || current_schema(), 0)";

    private readonly FileStream? _file;
    private readonly DbConnection? _session;

    private RebuildLock(FileStream? file, DbConnection? session) => (_file, _session) = (file, session);

    /// <exception cref="StoreRefusedException">Another rebuild runs.</exception>
    /// <exception cref="DbException">The store is away.</exception>
    public static RebuildLock Take(SettlementDatabase database)
    {
        if (database.Dialect == StoreDialect.Sqlite)
        {
            try
            {
                // It stays: to delete it would let a third rebuild lock a file of the same name beside the second's.
                return new RebuildLock(
                    new FileStream(
                        database.Place + FileEnding, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1),
                    null);
            }
            catch (IOException e)
            {
                throw Refused(e);
            }
        }

        var session = database.OpenConnection();
        try
        {
            return Ask(session, $"SELECT pg_try_advisory_lock({Key})")
                ? new RebuildLock(null, session)
                : throw Refused(null);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Requires that it is still held: a session that the server has ended holds nothing.</summary>
    /// <exception cref="DbException">It is not.</exception>
    public void Require()
    {
        if (_session is not null) Ask(_session, "SELECT true");
    }

    public void Dispose()
    {
        _file?.Dispose();
        if (_session is null) return;
        try
        {
            Ask(_session, $"SELECT pg_advisory_unlock({Key})"); // the pool keeps the session, and with it the lock
        }
        catch (DbException)
        {
            // The session has ended, and the lock with it.
        }

        _session.Dispose();
    }

    private static bool Ask(DbConnection session, string sql)
    {
        using var command = session.CreateCommand();
        command.CommandText = sql;
        return (bool)command.ExecuteScalar()!;
    }

    private static StoreRefusedException Refused(Exception? cause) =>
        new("another rebuild of these books runs; nothing was changed", cause);
}
