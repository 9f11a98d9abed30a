using Microsoft.Data.Sqlite;
using Switch.Load.Growth;
using Switch.Programs;

namespace Switch.Load.Tests.Growth;

/// <summary>Filling a table as the journal has it.</summary>
public sealed class OutboxFillerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("switch-outbox-").FullName;

    private string Journal => Path.Combine(_folder, "journal.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Fill_ARowThatIsThere_IsCopiedUnderIdsOfItsOwn()
    {
        Execute(Table + "INSERT INTO outbox VALUES (7, 'a.authorized', 'a', 'authorized', NULL, 5, x'0102');");
        Assert.Equal(1000, OutboxFiller.Fill(Journal, 1000));
        Assert.Equal(1000L, Execute("SELECT COUNT(DISTINCT event_id) FROM outbox WHERE payload = x'0102'"));
        Assert.Equal(1006L, Execute("SELECT MAX(sequence) FROM outbox"));
    }

    [Fact]
    public void Fill_MoreThanWasAsked_IsLeft()
    {
        Execute(Table + "INSERT INTO outbox VALUES (7, 'a.authorized', 'a', 'authorized', NULL, 5, x'0102');");
        Assert.Equal(1, OutboxFiller.Fill(Journal, 0));
    }

    [Fact]
    public void Fill_NoRowToCopy_SaysSo()
    {
        Execute(Table);
        Assert.Throws<HarnessException>(() => OutboxFiller.Fill(Journal, 10));
    }

    private const string Table = """
        CREATE TABLE outbox (
          sequence INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL UNIQUE, partition_key TEXT NOT NULL,
          type TEXT NOT NULL, trace_parent TEXT, occurred_at_ms INTEGER NOT NULL, payload BLOB NOT NULL
        ) STRICT;
        """;

    private object? Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Journal};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
