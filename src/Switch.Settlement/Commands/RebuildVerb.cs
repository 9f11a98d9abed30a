using System.CommandLine;
using Switch.Settlement.Books;
using Switch.Settlement.Consuming;
using Switch.Settlement.Fees;

namespace Switch.Settlement.Commands;

/// <summary>rebuild: the books again, from Kafka.</summary>
internal static class RebuildVerb
{
    public static Command Build(SharedOptions shared)
    {
        var isForced = new Option<bool>("--force")
        {
            Description = "take the new books even when they differ from the old, as after a correction of the terms",
        };
        var rebuild = new Command(
            "rebuild",
            "Makes the books again from Kafka, beside the old ones, and puts them in their place when they are the "
            + "same. "
            + "Refused when Kafka no longer has every event. Closes, payouts and adjustments are kept.")
        {
            isForced,
        };
        rebuild.SetAction((parsed, stop) => shared.AtDeskAsync(parsed, desk =>
        {
            var books = new Bookkeeper(new FeeSchedule(desk.Terms));
            var report = new BooksRebuild(desk.Database, books, desk.Options, shared.Time, desk.Output.WriteLine).Run(
                parsed.GetValue(isForced), count => desk.Output.WriteLine($"{count} messages read"), stop);
            desk.Output.WriteLine(report.IsIdentical
                ? $"{report.Messages} messages read; the books are identical: {report.After}"
                : $"{report.Messages} messages read; the books were {report.Before} and are now {report.After}");
            return SettlementCommand.Done;
        }));
        return rebuild;
    }
}
