using System.CommandLine;
using Switch.Settlement.Reconciliation;

namespace Switch.Settlement.Commands;

/// <summary>reconcile, exceptions and resolve: the books against what others say.</summary>
internal static class ReconcileVerbs
{
    public static Command Reconcile(SharedOptions shared)
    {
        var file = new Argument<string>("FILE") { Description = "an acquirer's file, or a bank statement with --bank" };
        var acquirer = new Option<string>("--acquirer")
        {
            Description = "whose file it is; the terms say how it is read",
            HelpName = "NAME",
        };
        var isBank = new Option<bool>("--bank")
        {
            Description = "it is a bank statement: camt.053, or CSV by the terms",
        };
        var date = CommandOptions.Date(
            "--date", "the business date that the file covers, when its header does not say");
        date.Required = false;
        var reconcile = new Command(
            "reconcile",
            "Compares a file with the books, line by line. What does not agree becomes an exception. A file with a "
            + "fault is refused whole, and so is one that was imported before.")
        {
            file, acquirer, isBank, date,
        };
        reconcile.Validators.Add(result =>
        {
            if (result.GetResult(acquirer) is null == result.GetResult(isBank) is null)
                result.AddError("say whose file it is: either --acquirer NAME or --bank");
        });
        reconcile.SetAction((parsed, stop) => shared.AtDeskAsync(parsed, desk =>
        {
            var path = parsed.GetValue(file)!;
            var result = parsed.GetValue(acquirer) is { } name
                ? new AcquirerReconciler(desk.Database, desk.Terms, desk.Day).Run(
                    path, name, parsed.GetResult(date) is null ? null : parsed.GetValue(date))
                : new BankReconciler(desk.Database, desk.Terms, desk.Day).Run(path);
            return Tell(desk, result);
        }));
        return reconcile;
    }

    public static Command Exceptions(SharedOptions shared)
    {
        var exceptions = new Command(
            "exceptions", "Lists what reconciliation has left open, oldest first, and its age.");
        exceptions.SetAction((parsed, stop) => shared.AtDeskAsync(parsed, desk =>
        {
            var list = new ExceptionList(desk.Database, desk.Day);
            for (var page = list.Open(); page.Count > 0; page = list.Open(page[^1].Id))
                Tables.Exceptions(desk.Output, page);
            var ages = list.Ages();
            desk.Output.WriteLine(
                $"{ages.Open} open: {ages.UpToOneDay} for less than a day, {ages.UpToThreeDays} less than three, "
                + $"{ages.UpToSevenDays} less than seven, {ages.Older} longer; "
                + $"the oldest for {Tables.Age(ages.Oldest)}");
            return SettlementCommand.Done;
        }));
        return exceptions;
    }

    public static Command Resolve(SharedOptions shared)
    {
        var id = new Argument<long>("ID") { Description = "number of the exception" };
        var note = CommandOptions.Text("--note", "TEXT", "why it is settled, 1 to 500 characters");
        var by = CommandOptions.By("who resolves it");
        var resolve = new Command("resolve", "Resolves an exception, once, with a note.") { id, note, by };
        resolve.SetAction((parsed, stop) => shared.AtDeskAsync(parsed, desk =>
        {
            var why = new ExceptionList(desk.Database, desk.Day).Resolve(
                parsed.GetValue(id), parsed.GetValue(by)!, parsed.GetValue(note)!);
            if (why is not null) return desk.Refuse(why);
            desk.Output.WriteLine($"exception {parsed.GetValue(id)} is resolved");
            return SettlementCommand.Done;
        }));
        return resolve;
    }

    private static int Tell(Desk desk, ReconciliationResult result)
    {
        if (!result.IsImported) return desk.Refuse(result.Faults);
        var of = result.Covered.Length > 0 ? $" of {result.Covered}" : "";
        desk.Output.WriteLine($"{result.Lines} lines{of} compared with the books:");
        foreach (var (outcome, count) in result.Counts) desk.Output.WriteLine($"  {Words.Of(outcome),-20} {count,9}");
        desk.Output.WriteLine($"{result.Opened} exceptions opened, {result.Settled} of earlier files settled");
        return SettlementCommand.Done;
    }
}
