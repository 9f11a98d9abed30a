using Dapper;
using Microsoft.Extensions.Time.Testing;
using Switch.Settlement.Commands;
using Switch.Settlement.Records;
using Switch.Settlement.Store;
using Switch.Settlement.Tests.Store;
using Switch.Settlement.Tests.Terms;

namespace Switch.Settlement.Tests.Commands;

/// <summary>
/// A file that took long to fill is used again, or it is said why not; and made-up sales come into no books in use.
/// </summary>
public sealed class MeasureVerbTests : IDisposable
{
    private const long Payments = 1_000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("switch-measure-");

    private string File => Path.Combine(_folder.FullName, "records.db");

    [Fact]
    public async Task Records_AFileOfAnOlderSchema_IsBroughtUpAndMeasured()
    {
        Fill();
        Execute("DROP INDEX payment_card_partial; DELETE FROM SchemaVersions WHERE ScriptName LIKE '0007%'");

        var said = await MeasureAsync();

        Assert.Equal((0, ""), (said.Status, said.Error));
        // As many as the file has, and not as many as were asked for.
        Assert.Contains("1,000 payments", said.Output, StringComparison.Ordinal);
        Assert.Contains("forecast, NetIncome", said.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_AFileOfAnotherSchema_IsRefusedWithWhatDiffers()
    {
        Fill();
        Execute("DROP INDEX payment_rrn");

        var said = await MeasureAsync();

        Assert.Equal(SettlementCommand.CannotWork, said.Status);
        Assert.Contains("with another schema (payment_rrn): delete it", said.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_ABooksFile_IsRefused()
    {
        using (SettlementDatabase.Open("sqlite:" + File))
        {
        }

        var said = await MeasureAsync();

        Assert.Equal(SettlementCommand.CannotWork, said.Status);
        Assert.Contains("is not a file of made-up payments", said.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TestStore.Sqlite)]
    [InlineData(TestStore.PostgreSql)]
    public async Task Books_OfAnEmptyStore_AreMeasuredOnce(string kind)
    {
        using var store = TestStore.Create(kind);

        var first = await MeasureBooksAsync("--database", store.Connection);
        Assert.Equal((0, ""), (first.Status, first.Error));
        Assert.Equal(100, store.Number("SELECT COUNT(*) FROM payment"));

        var second = await MeasureBooksAsync("--database", store.Connection);
        Assert.Equal(SettlementCommand.Refused, second.Status);
        Assert.Equal(100, store.Number("SELECT COUNT(*) FROM payment"));
    }

    [Theory]
    [InlineData("consumed", "INSERT INTO consumed (topic, partition_no, next_offset) VALUES ('t', 0, 7)")]
    [InlineData(
        "payment",
        "INSERT INTO payment VALUES (1, 'a', 'a', 'M-1', 'T1', '', '', 1, 0, 1, 1, 'EUR', 1290, 1290, 1, 0, '', '', "
        + "'', '', '', '', '', '', '', '2026-03-01', 1, 0, 0, 0)")]
    [InlineData("entry", "INSERT INTO entry VALUES (9, 0, 0, 'payout/1', 'a', 'M', 'EUR', '', '', 5)")]
    [InlineData(
        "closed_day", "INSERT INTO closed_day (business_date, closed_ms, closed_by) VALUES ('2026-03-01', 1, 'anna')")]
    public async Task Books_OfAStoreInUse_AreRefusedAndStayAsTheyAre(string table, string sql)
    {
        using var store = TestStore.Create(TestStore.Sqlite);
        store.Execute(sql);
        var books = BooksDigest.Of(store.Database);

        var said = await MeasureBooksAsync("--database", store.Connection);

        Assert.Equal(SettlementCommand.Refused, said.Status);
        Assert.Contains($"1 rows of {table}", said.Error, StringComparison.Ordinal);
        Assert.Equal(books, BooksDigest.Of(store.Database));
        Assert.Equal(1, store.Number($"SELECT COUNT(*) FROM {table}"));
    }

    /// <summary>A host of operations has its store in its settings.</summary>
    [Fact]
    public async Task Books_OfAStoreThatIsOnlyConfigured_AreNotTouched()
    {
        var said = await MeasureBooksAsync("--set", $"Settlement:Database=sqlite:{File}");

        Assert.Equal(SettlementCommand.CannotWork, said.Status);
        Assert.Contains("--database", said.Error, StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(File));
    }

    [Theory]
    [InlineData("--events", "0", "--events is from 1 to 1000000000")]
    [InlineData("--batch", "-1", "--batch is from 1 to 1000000")]
    [InlineData("--batch", "1000001", "--batch is from 1 to 1000000")]
    public async Task Books_OfANumberOutOfRange_AreRefused(string option, string number, string expected)
    {
        var said = await RunAsync("measure", "books", "--database", $"sqlite:{File}", option, number);

        Assert.Equal(SettlementCommand.CannotWork, said.Status);
        Assert.Contains(expected, said.Error, StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(File));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private void Fill()
    {
        using var database = SettlementDatabase.Open("sqlite:" + File);
        new MadeUpPayments(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), Payments)
            .Fill(database, TextWriter.Null);
    }

    private void Execute(string sql)
    {
        using var database = SettlementDatabase.Open("sqlite:" + File);
        using var connection = database.OpenConnection();
        connection.Execute(sql);
    }

    private Task<(int Status, string Output, string Error)> MeasureAsync() =>
        RunAsync("measure", "records", "--file", File, "--payments", "5000");

    private static Task<(int Status, string Output, string Error)> MeasureBooksAsync(params string[] store) =>
        RunAsync(["measure", "books", "--events", "100", "--batch", "40", "--terms", SampleTerms.Path, .. store]);

    private static async Task<(int Status, string Output, string Error)> RunAsync(params string[] args)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var status = await SettlementCommand.RunAsync(args, new FakeTimeProvider(), output, error);
        return (status, output.ToString(), error.ToString());
    }
}
