using System.Data.Common;
using Switch.Settlement.Store;

namespace Switch.Settlement.Tests.Store;

public sealed class SettlementDatabaseTests
{
    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public void Open_Twice_KeepsWhatIsThere(string kind)
    {
        using var store = TestStore.Create(kind);
        store.Execute("INSERT INTO consumed (topic, partition_no, next_offset) VALUES ('t', 0, 7)");

        store.Reopen();

        Assert.Equal(7, store.Number("SELECT next_offset FROM consumed"));
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public void Open_NewerSchema_IsRefusedAndNamesTheScript(string kind)
    {
        using var store = TestStore.Create(kind);
        var table = kind == TestStore.Sqlite
            ? "SchemaVersions (ScriptName, Applied)"
            : "schemaversions (scriptname, applied)";
        store.Execute($"INSERT INTO {table} VALUES ('9999-later.sql', CURRENT_TIMESTAMP)");

        var refused = Assert.Throws<StoreRefusedException>(() => SettlementDatabase.Open(store.Connection));

        Assert.Contains("9999-later.sql", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Open_ManyStartsAtOnce_AllSucceed(string kind)
    {
        using var empty = TestStore.Create(kind);
        var fresh = kind == TestStore.Sqlite ? empty.Connection + "2" : empty.Connection + "_2";

        var opened = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() =>
        {
            using var database = SettlementDatabase.Open(fresh);
            using var connection = database.OpenConnection();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT COUNT(*) FROM balance";
            return command.ExecuteScalar();
        })));

        Assert.All(opened, count => Assert.Equal(0L, count));
        if (kind == TestStore.PostgreSql) empty.Execute($"DROP SCHEMA {empty.Database.Place}_2 CASCADE");
    }

    [Theory]
    [InlineData("sqlite:", "path")]
    [InlineData("sqlite:/no/such/folder/books.db", "folder")]
    [InlineData("books.db", "expected sqlite:PATH")]
    [InlineData("Database=x", "Host")]
    [InlineData("Host=h;Search Path=a,b", "one schema")]
    [InlineData("Host=h;Search Path=Settlement", "'Settlement' has to be in lower case")]
    [InlineData("Host=h;Search Path='\"books\"'", "lower case, without quotes")]
    [InlineData("Host=h;Search Path=$user", "lower case, without quotes")]
    [InlineData("Host=h;Search Path=a_name_so_long_that_the_one_beside_it_would_be_cut_short", "at most 55")]
    public void FaultOf_NoConnectionString_SaysWhatIsExpected(string connection, string expected) =>
        Assert.Contains(expected, SettlementDatabase.FaultOf(connection)!, StringComparison.Ordinal);

    [Theory]
    [InlineData("settlement")]
    [InlineData("books_2026-a")]
    [InlineData("the_longest_name_that_a_schema_of_the_books_may_have_55")]
    public void FaultOf_NameThatTheServerTakesAsItIs_IsNone(string schema) =>
        Assert.Null(SettlementDatabase.FaultOf($"Host=h;Search Path={schema}"));

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Begin_Alone_WaitsForBatchesAndTheyForIt(string kind)
    {
        using var store = TestStore.Create(kind);
        var batch = store.Database.Begin(StoreLock.Shared);
        var alone = Task.Run(() => store.Database.Begin(StoreLock.Alone));

        Assert.False(await EndsSoonAsync(alone), "the close did not wait for the batch");
        batch.Dispose();
        var close = await alone;
        var second = Task.Run(() => store.Database.Begin(StoreLock.Shared));
        Assert.False(await EndsSoonAsync(second), "the batch did not wait for the close");
        close.Dispose();
        (await second).Dispose();
    }

    [Fact]
    public void Begin_SharedOnPostgreSql_SeveralAtOnce()
    {
        using var store = TestStore.Create(TestStore.PostgreSql);
        using var first = store.Database.Begin(StoreLock.Shared);
        using var second = store.Database.Begin(StoreLock.Shared);
        Assert.NotSame(first.Connection, second.Connection);
    }

    [Fact]
    public void OpenConnection_Sqlite_IsDurable()
    {
        using var store = TestStore.Create(TestStore.Sqlite);
        Assert.Equal(["wal"], store.Rows<string>("PRAGMA journal_mode"));
        Assert.Equal(2, store.Number("PRAGMA synchronous"));
    }

    [Fact]
    public void Open_ServerAway_ThrowsDbException() => Assert.ThrowsAny<DbException>(
        () => SettlementDatabase.Open("Host=127.0.0.1;Port=1;Username=x;Timeout=1"));

    private static async Task<bool> EndsSoonAsync(Task task)
    {
        var moment = Task.Delay(
            TimeSpan.FromMilliseconds(300), TimeProvider.System, TestContext.Current.CancellationToken);
        return await Task.WhenAny(task, moment) == task;
    }
}
