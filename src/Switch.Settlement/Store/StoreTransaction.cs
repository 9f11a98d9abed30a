using System.Data.Common;

namespace Switch.Settlement.Store;

/// <summary>A transaction with the lock that it was begun with; rolled back unless committed.</summary>
internal sealed class StoreTransaction : IDisposable
{
    private readonly bool _ownsConnection;

    internal StoreTransaction(DbConnection connection, DbTransaction transaction, bool ownsConnection)
    {
        Connection = connection;
        Transaction = transaction;
        _ownsConnection = ownsConnection;
    }

    public DbConnection Connection { get; }

    /// <summary>For commands that are not made by <see cref="Command"/>, and for Dapper.</summary>
    public DbTransaction Transaction { get; }

    /// <summary>A command in this transaction. The caller disposes of it.</summary>
    public DbCommand Command(string sql)
    {
        var command = Connection.CreateCommand();
        command.Transaction = Transaction;
        command.CommandText = sql;
        return command;
    }

    public void Commit() => Transaction.Commit();

    public void Dispose()
    {
        Transaction.Dispose();
        if (_ownsConnection) Connection.Dispose();
    }
}
