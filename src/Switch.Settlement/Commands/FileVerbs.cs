using System.CommandLine;
using Switch.Settlement.Files;

namespace Switch.Settlement.Commands;

/// <summary>statement and files: what a close gives to others.</summary>
internal static class FileVerbs
{
    public static Command Statement(SharedOptions shared)
    {
        var merchant = CommandOptions.Text("--merchant", "ID", "card acceptor id (DE 42)");
        var date = CommandOptions.Date("--date", "a closed date");
        var folder = Folder();
        var statement = new Command(
            "statement", "Writes a merchant's statements of a closed date, one a currency, as CSV and printable HTML.")
        {
            merchant, date, folder,
        };
        statement.SetAction((parsed, stop) => shared.AtDeskAsync(parsed, desk => Tell(
            desk,
            new ClosedDayFiles(desk.Database, desk.Terms).WriteStatements(
                parsed.GetValue(merchant)!, parsed.GetValue(date), parsed.GetValue(folder)!, desk.Output.WriteLine))));
        return statement;
    }

    public static Command Files(SharedOptions shared)
    {
        var date = CommandOptions.Date("--date", "a closed date");
        var folder = Folder();
        var files = new Command(
            "files",
            "Writes every file of a closed date into a folder of its name: clearing of each acquirer, summary, payouts "
            + "(ISO 20022 pain.001), accounting journal, statements. Written again they have the same bytes.")
        {
            date, folder,
        };
        files.SetAction((parsed, stop) => shared.AtDeskAsync(parsed, desk => Tell(
            desk,
            new ClosedDayFiles(desk.Database, desk.Terms).WriteAll(
                parsed.GetValue(date), parsed.GetValue(folder)!, desk.Output.WriteLine))));
        return files;
    }

    /// <summary>Says which files were written, and why others were not.</summary>
    public static int Tell(Desk desk, FilesResult result)
    {
        foreach (var file in result.Files) desk.Output.WriteLine($"{file.Sha256}  {file.Path}");
        return result.Faults.Count == 0 ? SettlementCommand.Done : desk.Refuse(result.Faults);
    }

    private static Option<string> Folder() => new("--out")
    {
        Description = "where to (the working folder)",
        HelpName = "FOLDER",
        DefaultValueFactory = static _ => ".",
    };
}
