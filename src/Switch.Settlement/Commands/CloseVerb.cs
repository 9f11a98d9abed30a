using System.CommandLine;
using Switch.Settlement.Consuming;
using Switch.Settlement.Days;
using Switch.Settlement.Files;

namespace Switch.Settlement.Commands;

/// <summary>close: the business date, its payouts and its files.</summary>
internal static class CloseVerb
{
    public static Command Build(SharedOptions shared)
    {
        var date = CommandOptions.Date("--date", "the business date to close, with every open date before it");
        var by = CommandOptions.By("who closes it");
        var folder = new Option<string>("--out")
        {
            Description = "also write the files of the close into a folder of its date in here",
            HelpName = "FOLDER",
        };
        var isLate = new Option<bool>("--allow-behind")
        {
            Description = "close although events wait on Kafka, or Kafka is away: they will settle on the next date",
        };
        var close = new Command(
            "close",
            "Closes a business date: fixes its windows, orders the payouts. What comes later settles on the next date. "
            + "Refused when it is closed already, lies in the future, or events wait to be consumed.")
        {
            date, by, folder, isLate,
        };
        close.SetAction((parsed, stop) => shared.AtDeskAsync(parsed, desk => Close(
            desk, parsed.GetValue(date), parsed.GetValue(by)!, parsed.GetValue(folder), parsed.GetValue(isLate))));
        return close;
    }

    private static int Close(Desk desk, DateOnly date, string by, string? folder, bool mayBeBehind)
    {
        if (!mayBeBehind && TopicLag.Of(desk.Database, desk.Options.Kafka) is { } behind)
            return desk.Refuse($"{behind}; --allow-behind closes all the same, and they will settle on the next date");
        var result = new DayCloser(desk.Database, desk.Terms, desk.Day).Close(date, by);
        if (result.Refusal is { } why) return desk.Refuse(why);
        desk.Output.WriteLine(
            $"{BusinessDay.Text(date)} is closed: {result.Windows} windows, {result.Payouts.Count} payouts");
        Tables.Payouts(desk.Output, result.Payouts);
        if (folder is null) return SettlementCommand.Done;
        var files = new ClosedDayFiles(desk.Database, desk.Terms).WriteAll(date, folder, desk.Output.WriteLine);
        return FileVerbs.Tell(desk, files);
    }
}
