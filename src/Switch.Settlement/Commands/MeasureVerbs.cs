using System.CommandLine;
using Switch.Settlement.Consuming;
using Switch.Settlement.Fees;
using Switch.Settlement.Records;

namespace Switch.Settlement.Commands;

/// <summary>measure: how fast the books are written and the records are found, on made-up payments.</summary>
internal static class MeasureVerbs
{
    private const int CountMax = 1_000_000_000;
    private const int BatchMax = 1_000_000;

    public static Command Build(SharedOptions shared) =>
        new("measure", "Measures on made-up payments, in a store of its own.") { Books(shared), Records() };

    private static Command Books(SharedOptions shared)
    {
        var events = CommandOptions.Count("--events", "how many", 1_000_000, CountMax);
        var batch = CommandOptions.Count("--batch", "events of a transaction", 20_000, BatchMax);
        var books = new Command(
            "books",
            "Writes made-up events to the books of an empty store, which --database has to name. Refused when there "
            + "is anything in its books.")
        {
            events, batch,
        };
        books.Validators.Add(result =>
        {
            if (!shared.NamesDatabase(result))
                result.AddError("made-up events are written to no store that is only configured: give --database");
        });
        books.SetAction((parsed, stop) => shared.AtDeskAsync(parsed, desk =>
        {
            if (SpeedMeasurement.FaultOf(desk.Database) is { } fault) return desk.Refuse(fault);
            SpeedMeasurement.Run(
                desk.Database, new FeeSchedule(desk.Terms), parsed.GetValue(events), parsed.GetValue(batch),
                desk.Output);
            return SettlementCommand.Done;
        }));
        return books;
    }

    private static Command Records()
    {
        var file = CommandOptions.Text(
            "--file", "FILE", "a SQLite file; filled when it is not there, and kept for the next time");
        var payments = CommandOptions.Count("--payments", "how many of a new file", 5_000_000, CountMax);
        var records = new Command("records", "Asks a store of made-up payments everything that the API is asked.")
        {
            file, payments,
        };
        records.SetAction((parsed, stop) => SharedOptions.GuardAsync(parsed, async () =>
        {
            await RecordsMeasurement.RunAsync(
                parsed.GetValue(file)!, parsed.GetValue(payments), parsed.InvocationConfiguration.Output, stop);
            return SettlementCommand.Done;
        }));
        return records;
    }
}
