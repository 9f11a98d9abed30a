using DuckDB.NET.Data;
using Switch.Contracts.V1;
using Switch.Settlement.Books;
using Switch.Settlement.Exports;
using Switch.Settlement.Tests.Records;
using Switch.Settlement.Tests.Store;

namespace Switch.Settlement.Tests.Exports;

/// <summary>The recipes of docs/analytics.md run as they are printed there, in a real DuckDB.</summary>
public sealed class DuckDbRecipeTests : IDisposable
{
    private const string Fence = "```sql duckdb ";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("switch-duckdb-");

    public static TheoryData<string> Recipes => new(
        File.ReadLines(Document).Where(line => line.StartsWith(Fence, StringComparison.Ordinal))
            .Select(line => line[Fence.Length..]));

    private static string Document => Path.Combine(AppContext.BaseDirectory, "../../../../../docs/analytics.md");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Recipes))]
    public async Task Recipe_AsPrinted_AnswersFromTheFiles(string name)
    {
        await ExportAsync();

        var rows = Run(RecipeOf(name));

        var expected = name switch
        {
            "approval-rate" => (IReadOnlyList<string>)["2026-06-01|visa|3|1|0.75"],
            "turnover" => ["M1|EUR|38.7"],
            "reversals" => ["terminal|1"],
            "ledger" => ["EUR|0"],
            _ => throw new InvalidOperationException($"nobody knows what {name} should answer"),
        };
        Assert.Equal(expected, rows);
    }

    private async Task ExportAsync()
    {
        using var store = TestStore.Create(TestStore.Sqlite);
        for (var i = 1; i <= 3; i++) store.Record(i, PaymentStage.Posted, RecordedPayments.Authorized(i));
        store.Record(4, PaymentStage.None, RecordedPayments.Authorized(4, e =>
        {
            (e.Outcome, e.DeclinedBy, e.ResponseCode, e.ApprovedAmount) = (Outcome.Declined, DeclinedBy.Issuer,
                "51", null);
        }));
        var reversed = RecordedPayments.Authorized(5, e => (e.Scheme, e.BusinessDate) = ("amex", "2026-06-02"));
        var reversal = reversed.Then(TransactionEventType.ReversalQueued, TimeSpan.FromSeconds(2), "reversal_queued");
        reversal.ReversalCause = ReversalCause.Terminal;
        store.Record(5, PaymentStage.ReversalQueued, reversed, reversal);
        store.Execute("INSERT INTO entry VALUES (1, 1, 1, '', 'north', 'M1', 'EUR', '2026-06-01', '2026-06-01', 1)");
        store.Execute("INSERT INTO posting VALUES (1, 0, 1100, 1290, 0, 0), (1, 1, 2100, -1290, 0, 0)");
        var (from, to) = (new DateOnly(2026, 6, 1), new DateOnly(2026, 6, 2));
        foreach (var kind in Enum.GetValues<ExportKind>())
        {
            var path = Path.Combine(_folder.FullName, $"{kind.ToString().ToLowerInvariant()}-2026-06.parquet");
            await ParquetExport.RunAsync(
                store.Database, kind, from, to, path, null, TestContext.Current.CancellationToken);
        }
    }

    private List<string> Run(string sql)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql.Replace("exports/", _folder.FullName + "/", StringComparison.Ordinal);
        using var reader = command.ExecuteReader();
        List<string> rows = [];
        while (reader.Read())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i) switch
            {
                DateOnly date => date.ToString("yyyy-MM-dd", null),
                DateTime time => time.ToString("yyyy-MM-dd", null),
                var value => FormattableString.Invariant($"{value}"),
            })));
        }

        return rows;
    }

    private static string RecipeOf(string name)
    {
        var lines = File.ReadAllLines(Document);
        var start = Array.IndexOf(lines, Fence + name) + 1;
        return string.Join('\n', lines[start..Array.IndexOf(lines, "```", start)]);
    }
}
