using System.Data.Common;
using Parquet;
using Switch.Settlement.Days;
using Switch.Settlement.Files;
using Switch.Settlement.Store;

namespace Switch.Settlement.Exports;

/// <summary>What can be exported.</summary>
internal enum ExportKind
{
    /// <summary>By business date.</summary>
    Payments,

    /// <summary>By business date.</summary>
    Events,

    /// <summary>By settlement date.</summary>
    Postings,
}

/// <summary>What an export has written.</summary>
internal readonly record struct ExportResult(long Rows, int RowGroups);

/// <summary>
/// Writes days of a table to a Parquet file: page by page, in row groups of a bounded size, beside the file that it
/// becomes. What is read are short transactions, so that a day that is still being written may show a payment in the
/// stage that it had at its page. The same rows make the same bytes: those of ledger lines stay once their settlement
/// date is closed, payments and events of a closed business date change with a later reversal.
/// </summary>
internal static class ParquetExport
{
    /// <summary>Rows that are in memory at once, and in a row group.</summary>
    public const int RowGroupRows = 50_000;

    /// <summary>Days of one file.</summary>
    public const int DaysMax = 366;

    private const int PageIds = 10_000;

    private delegate Task<(List<T> Rows, long Last)> ReadPage<T>(
        DbConnection connection, ExportPage page, CancellationToken cancellationToken);

    /// <summary>Exports the days from the first to the last, both counted.</summary>
    /// <param name="database">Where from.</param>
    /// <param name="kind">What.</param>
    /// <param name="from">First day.</param>
    /// <param name="to">Last day, at most <see cref="DaysMax"/> days from the first.</param>
    /// <param name="path">The file; one that is there is replaced at the end. Of two exports the last stands.</param>
    /// <param name="progress">Told the rows so far after each page; may be null.</param>
    /// <param name="cancellationToken">Ends it without a file.</param>
    /// <exception cref="ArgumentException">The days are in the wrong order, or too many.</exception>
    /// <exception cref="DbException">The store is away; no file is left.</exception>
    /// <exception cref="IOException">The file can't be written; none is left.</exception>
    public static Task<ExportResult> RunAsync(
        SettlementDatabase database, ExportKind kind, DateOnly from, DateOnly to, string path,
        IProgress<long>? progress, CancellationToken cancellationToken) =>
        RunAsync(database, kind, from, to, path, RowGroupRows, progress, cancellationToken);

    internal static Task<ExportResult> RunAsync(
        SettlementDatabase database, ExportKind kind, DateOnly from, DateOnly to, string path, int rowGroupRows,
        IProgress<long>? progress, CancellationToken cancellationToken)
    {
        if (to < from)
            throw new ArgumentException($"the last day {to:yyyy-MM-dd} is before the first {from:yyyy-MM-dd}");
        if (to.DayNumber - from.DayNumber >= DaysMax) throw new ArgumentException($"a file has at most {DaysMax} days");
        var days = new Days(database, from, to, rowGroupRows, progress, cancellationToken);
        return kind switch
        {
            ExportKind.Payments => WriteAsync(days, path, ExportTables.Payments, ExportQueries.PaymentsAsync),
            ExportKind.Events => WriteAsync(days, path, ExportTables.Events, ExportQueries.EventsAsync),
            ExportKind.Postings => WriteAsync(days, path, ExportTables.Postings, ExportQueries.PostingsAsync),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
    }

    private static async Task<ExportResult> WriteAsync<T>(
        Days days, string path, ParquetTable<T> table, ReadPage<T> readPage)
    {
        var beside = TemporaryFile.Of(path);
        TemporaryFile.DropLeftovers(Path.GetDirectoryName(beside)!);
        try
        {
            ExportResult result;
            await using (var file = new FileStream(beside, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
            {
                await using (var writer = await ParquetWriter.CreateAsync(
                    table.Schema(), file, cancellationToken: days.CancellationToken))
                    result = await WriteDaysAsync(days, writer, table, readPage);
                file.Flush(flushToDisk: true);
            }

            File.Move(beside, path, overwrite: true);
            return result;
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }

    private static async Task<ExportResult> WriteDaysAsync<T>(
        Days days, ParquetWriter writer, ParquetTable<T> table, ReadPage<T> readPage)
    {
        await using var connection = await days.Database.OpenConnectionAsync(days.CancellationToken);
        var waiting = new List<T>();
        var (written, groups) = (0L, 0);
        for (var day = days.From; day <= days.To; day = day.AddDays(1))
        {
            var text = BusinessDay.Text(day);
            for (long after = 0; ;)
            {
                days.CancellationToken.ThrowIfCancellationRequested();
                var (rows, last) = await readPage(connection, new ExportPage(text, after, PageIds),
                    days.CancellationToken);
                if (rows.Count == 0) break;
                after = last;
                waiting.AddRange(rows);
                for (; waiting.Count >= days.RowGroupRows; groups++)
                {
                    await table.WriteAsync(writer, waiting.GetRange(0, days.RowGroupRows));
                    waiting.RemoveRange(0, days.RowGroupRows);
                    written += days.RowGroupRows;
                }

                days.Progress?.Report(written + waiting.Count);
            }
        }

        if (waiting.Count == 0) return new ExportResult(written, groups);
        await table.WriteAsync(writer, waiting);
        return new ExportResult(written + waiting.Count, groups + 1);
    }

    private sealed record Days(
        SettlementDatabase Database, DateOnly From, DateOnly To, int RowGroupRows, IProgress<long>? Progress,
        CancellationToken CancellationToken);
}
