using System.CommandLine;
using System.Data.Common;
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
            + "Refused when it is closed already, lies in the future, or events wait to be consumed. Exit status 3 "
            + "when it is closed, but files were not all written.")
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
        TellDeadLetters(desk);
        desk.Output.WriteLine($"closing {BusinessDay.Text(date)}: windows, reserves, payouts; events wait meanwhile");
        var result = new DayCloser(desk.Database, desk.Terms, desk.Day).Close(date, by);
        if (result.Refusal is { } why) return desk.Refuse(why);
        desk.Output.WriteLine(
            $"{BusinessDay.Text(date)} is closed: {result.Windows} windows, {result.Payouts.Count} payouts");
        Tables.Payouts(desk.Output, result.Payouts);
        return folder is null ? SettlementCommand.Done : WriteFiles(desk, date, folder);
    }

    // They will be in no window of this close. Said first: who reads it late can't take a close back.
    private static void TellDeadLetters(Desk desk)
    {
        using var connection = desk.Database.OpenConnection();
        var letters = DeadLetterRetry.Count(connection);
        desk.Output.WriteLine(letters == 0
            ? "no dead letters"
            : $"{letters} dead letters: events that could not be booked, in no window; dead-letters list shows them");
    }

    // The day is closed, whatever becomes of the files: a status that says "nothing was changed" would not be true.
    private static int WriteFiles(Desk desk, DateOnly date, string folder)
    {
        desk.Output.WriteLine($"writing the files into {folder}");
        string[] faults;
        try
        {
            var files = new ClosedDayFiles(desk.Database, desk.Terms).WriteAll(date, folder, desk.Output.WriteLine);
            if (FileVerbs.Tell(desk, files) == SettlementCommand.Done) return SettlementCommand.Done;
            faults = [];
        }
        catch (Exception e) when (
            e is IOException or UnauthorizedAccessException or InvalidDataException or DbException)
        {
            faults = [e.Message];
        }

        var closed = BusinessDay.Text(date);
        desk.Refuse([.. faults, $"{closed} is closed; run files --date {closed} to write them when this is mended"]);
        return SettlementCommand.Incomplete;
    }
}
