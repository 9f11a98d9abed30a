using Parquet;
using Parquet.Schema;
using Switch.Contracts.V1;
using Switch.Settlement.Books;
using Switch.Settlement.Exports;
using Switch.Settlement.Tests.Records;
using Switch.Settlement.Tests.Store;

namespace Switch.Settlement.Tests.Exports;

public sealed class ParquetExportTests : IDisposable
{
    private static readonly DateOnly Day = new(2026, 6, 1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("switch-export-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Payments_ReadBack_AreThoseOfTheDays(string kind)
    {
        using var store = TestStore.Create(kind);
        store.Record(1, PaymentStage.Posted, RecordedPayments.Authorized(1));
        store.Record(2, PaymentStage.None, RecordedPayments.Authorized(2, e =>
        {
            (e.Outcome, e.DeclinedBy, e.ResponseCode, e.ApprovedAmount) = (Outcome.Declined, DeclinedBy.Issuer,
                "51", null);
            e.BusinessDate = "2026-06-02";
        }));
        store.Record(3, PaymentStage.Posted, RecordedPayments.Authorized(3, e => e.BusinessDate = "2026-06-03"));

        var result = await ExportAsync(store, ExportKind.Payments, "payments.parquet", Day, Day.AddDays(1));

        Assert.Equal(new ExportResult(2, 1), result);
        await using var file = await ParquetReader.CreateAsync(PathOf("payments.parquet"), cancellationToken: Cancel);
        Assert.Equal([RecordedPayments.Key + "01", RecordedPayments.Key + "02"], await TextsAsync(file,
            "transaction_id"));
        Assert.Equal(["approved", "declined"], await TextsAsync(file, "outcome"));
        Assert.Equal(["", "issuer"], await TextsAsync(file, "declined_by"));
        Assert.Equal(["posted", "none"], await TextsAsync(file, "stage"));
        Assert.Equal([1290L, 0L], await NumbersAsync(file, "approved_minor"));
        Assert.DoesNotContain(file.Schema.GetDataFields(), field => field.Name.Contains("pan",
            StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Events_ReadBack_AreInTheOrderOfEachPayment(string kind)
    {
        using var store = TestStore.Create(kind);
        var answer = RecordedPayments.Authorized(1);
        store.Record(
            1, PaymentStage.ReversalQueued, answer,
            answer.Then(TransactionEventType.ReversalQueued, TimeSpan.FromSeconds(3), "reversal_queued"));
        store.Record(2, PaymentStage.Posted, RecordedPayments.Authorized(2));

        Assert.Equal(3, (await ExportAsync(store, ExportKind.Events, "events.parquet", Day, Day)).Rows);

        await using var file = await ParquetReader.CreateAsync(PathOf("events.parquet"), cancellationToken: Cancel);
        Assert.Equal(["authorized", "reversal_queued", "authorized"], await TextsAsync(file, "type"));
        Assert.Equal([1290L, 0L, 1290L], await NumbersAsync(file, "approved_minor"));
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task Postings_ReadBack_AddUpToZeroAndNameTheirPayment(string kind)
    {
        using var store = TestStore.Create(kind);
        store.Record(1, PaymentStage.Posted, RecordedPayments.Authorized(1));
        AddEntry(store, 11, 1, 1290);
        AddEntry(store, 12, 0, 77);

        Assert.Equal(4, (await ExportAsync(store, ExportKind.Postings, "postings.parquet", Day, Day)).Rows);

        await using var file = await ParquetReader.CreateAsync(PathOf("postings.parquet"), cancellationToken: Cancel);
        Assert.Equal(0, (await NumbersAsync(file, "amount_minor")).Sum());
        Assert.Equal(
            [RecordedPayments.Key + "01", RecordedPayments.Key + "01", "", ""], await TextsAsync(file,
                "transaction_id"));
        Assert.Equal("scheme_receivable", (await TextsAsync(file, "account_name"))[0]);
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task RowGroups_OfManyRows_AreBoundedAndTheSameBytesAgain(string kind)
    {
        using var store = TestStore.Create(kind);
        for (var i = 1; i <= 23; i++)
            store.Record(i, PaymentStage.Posted, RecordedPayments.Authorized(i, e => e.BusinessDate =
                $"2026-06-{1 + (i % 3):d2}"));

        var first = await ParquetExport.RunAsync(
            store.Database, ExportKind.Payments, Day, Day.AddDays(2), PathOf("a.parquet"), 10, null, Cancel);
        await ParquetExport.RunAsync(
            store.Database, ExportKind.Payments, Day, Day.AddDays(2), PathOf("b.parquet"), 10, null, Cancel);

        Assert.Equal(new ExportResult(23, 3), first);
        await using var file = await ParquetReader.CreateAsync(PathOf("a.parquet"), cancellationToken: Cancel);
        Assert.Equal(3, file.RowGroupCount);
        Assert.Equal(
            await File.ReadAllBytesAsync(PathOf("a.parquet"), Cancel),
                await File.ReadAllBytesAsync(PathOf("b.parquet"), Cancel));
    }

    [Fact]
    public async Task Run_StoreFailsHalfWay_LeavesTheOldFileAndNothingBesideIt()
    {
        using var store = TestStore.Create(TestStore.Sqlite);
        store.Record(1, PaymentStage.Posted, RecordedPayments.Authorized(1));
        await ExportAsync(store, ExportKind.Events, "events.parquet", Day, Day);
        var before = await File.ReadAllBytesAsync(PathOf("events.parquet"), Cancel);
        store.Execute("UPDATE event SET payload = x'0A'");

        await Assert.ThrowsAnyAsync<Exception>(() => ExportAsync(store, ExportKind.Events, "events.parquet", Day, Day));

        Assert.Equal(before, await File.ReadAllBytesAsync(PathOf("events.parquet"), Cancel));
        Assert.Single(_folder.GetFiles());
    }

    [Fact]
    public async Task Run_AnotherExportToTheSameFileMeanwhile_BothAreWhole()
    {
        using var store = TestStore.Create(TestStore.Sqlite);
        store.Record(1, PaymentStage.Posted, RecordedPayments.Authorized(1));
        Task<ExportResult>? other = null;
        var meanwhile = new Meanwhile(
            () => other = ExportAsync(store, ExportKind.Payments, "payments.parquet", Day, Day));

        var result = await ParquetExport.RunAsync(
            store.Database, ExportKind.Payments, Day, Day, PathOf("payments.parquet"), meanwhile, Cancel);

        Assert.Equal(new ExportResult(1, 1), result);
        Assert.Equal(result, await other!);
        await using var file = await ParquetReader.CreateAsync(PathOf("payments.parquet"), cancellationToken: Cancel);
        Assert.Equal([RecordedPayments.Key + "01"], await TextsAsync(file, "transaction_id"));
        Assert.Single(_folder.GetFiles());
    }

    [Theory]
    [InlineData(-1, "before the first")]
    [InlineData(366, "at most 366 days")]
    public async Task Run_FaultyDays_AreRefusedBeforeAnythingIsWritten(int days, string expected)
    {
        using var store = TestStore.Create(TestStore.Sqlite);
        var refused = await Assert.ThrowsAsync<ArgumentException>(
            () => ExportAsync(store, ExportKind.Payments, "payments.parquet", Day, Day.AddDays(days)));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.Empty(_folder.GetFiles());
    }

    // Does something while an export is half done.
    private sealed class Meanwhile(Action act) : IProgress<long>
    {
        public void Report(long value) => act();
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    private Task<ExportResult> ExportAsync(TestStore store, ExportKind kind, string name, DateOnly from, DateOnly to) =>
        ParquetExport.RunAsync(store.Database, kind, from, to, PathOf(name), null, Cancel);

    private static void AddEntry(TestStore store, long id, long paymentId, long minor)
    {
        store.Execute(
            """
            INSERT INTO entry (id, event_row, payment_id, reference, acquirer, merchant_id, currency, business_date,
              settle_date, kind)
            VALUES (@id, 0, @paymentId, '', 'north', 'M1', 'EUR', '2026-05-31', '2026-06-01', 1)
            """,
            new { id, paymentId });
        store.Execute(
            """
            INSERT INTO posting (entry_id, line, account, amount_minor, rule_id, remainder_micro)
            VALUES (@id, 0, 1100, @minor, 0, 0), (@id, 1, 2100, -@minor, 0, 0)
            """,
            new { id, minor });
    }

    private static async Task<List<string>> TextsAsync(ParquetReader file, string column)
    {
        List<string> texts = [];
        await EachGroupAsync(file, column, async (group, field, rows) =>
        {
            var values = new string?[rows];
            await group.ReadAsync(field, values.AsMemory());
            texts.AddRange(values!);
        });
        return texts;
    }

    private static async Task<List<long>> NumbersAsync(ParquetReader file, string column)
    {
        List<long> numbers = [];
        await EachGroupAsync(file, column, async (group, field, rows) =>
        {
            var values = new long[rows];
            await group.ReadAsync<long>(field, values.AsMemory());
            numbers.AddRange(values);
        });
        return numbers;
    }

    private static async Task EachGroupAsync(
        ParquetReader file, string column, Func<ParquetRowGroupReader, DataField, int, Task> read)
    {
        var field = file.Schema.GetDataFields().Single(field => field.Name == column);
        for (var i = 0; i < file.RowGroupCount; i++)
        {
            using var group = file.OpenRowGroupReader(i);
            await read(group, field, (int)group.RowCount);
        }
    }
}
