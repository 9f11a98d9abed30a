using System.CommandLine;
using Switch.Settlement.Exports;

namespace Switch.Settlement.Commands;

/// <summary>export: days of the records as Parquet.</summary>
internal static class ExportVerb
{
    private const long ProgressEvery = 500_000;

    public static Command Build(SharedOptions shared)
    {
        var what = new Argument<ExportKind>("WHAT")
        {
            Description = "payments, events (by business date) or postings (by settlement date)",
        };
        var from = CommandOptions.Date("--from", "first day");
        var to = CommandOptions.Date("--to", "last day");
        var file = CommandOptions.Text("--out", "FILE", "the Parquet file; one that is there is replaced at the end");
        var export = new Command(
            "export", "Exports days as a Parquet file for analytics; docs/analytics.md has recipes.")
        {
            what, from, to, file,
        };
        export.SetAction((parsed, stop) => shared.AtDeskAsync(parsed, async desk =>
        {
            var (first, last) = (parsed.GetValue(from), parsed.GetValue(to));
            if (last < first) return desk.Refuse("--to is before --from");
            if (last.DayNumber - first.DayNumber >= ParquetExport.DaysMax)
                return desk.Refuse($"a file has at most {ParquetExport.DaysMax} days");
            var told = 0L;
            var progress = new RowsTold(rows =>
            {
                if (rows / ProgressEvery == told / ProgressEvery) return;
                told = rows;
                desk.Output.WriteLine($"{rows} rows");
            });
            var result = await ParquetExport.RunAsync(
                desk.Database, parsed.GetValue(what), first, last, parsed.GetValue(file)!, progress, stop);
            await desk.Output.WriteLineAsync($"{result.Rows} rows in {parsed.GetValue(file)}");
            return SettlementCommand.Done;
        }));
        return export;
    }

    // Progress<T> would tell from another thread.
    private sealed class RowsTold(Action<long> tell) : IProgress<long>
    {
        public void Report(long value) => tell(value);
    }
}
