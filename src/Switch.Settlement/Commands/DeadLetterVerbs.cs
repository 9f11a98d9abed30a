using System.CommandLine;
using System.Globalization;
using Switch.Settlement.Books;
using Switch.Settlement.Consuming;
using Switch.Settlement.Fees;

namespace Switch.Settlement.Commands;

/// <summary>dead-letters: what could not be booked, and the way back into the books.</summary>
internal static class DeadLetterVerbs
{
    private const int Shown = 100;

    public static Command Build(SharedOptions shared) =>
        new("dead-letters", "Messages of the topic that could not be booked. Those of webhooks: webhook dead.")
        {
            List(shared), Retry(shared),
        };

    private static Command List(SharedOptions shared)
    {
        var list = new Command(
            "list", $"Lists the first {Shown} by place, why each was not booked, and whether it could be today.");
        list.SetAction((parsed, stop) => shared.AtDeskAsync(parsed, desk =>
        {
            var letters = Of(desk, shared).List(Shown);
            Tables.Print(
                desk.Output, ["> partition", "> offset", "came (UTC)", "reason", "today"],
                letters.Select(static letter => new[]
                {
                    letter.Partition.ToString(CultureInfo.InvariantCulture),
                    letter.Offset.ToString(CultureInfo.InvariantCulture),
                    DateTimeOffset.FromUnixTimeMilliseconds(letter.ReceivedMs)
                        .ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                    letter.Reason, letter.Fault ?? "can be booked",
                }));
            using var connection = desk.Database.OpenConnection();
            desk.Output.WriteLine($"{DeadLetterRetry.Count(connection)} dead letters");
            return SettlementCommand.Done;
        }));
        return list;
    }

    private static Command Retry(SharedOptions shared)
    {
        var retry = new Command(
            "retry",
            "Reads dead letters again, as this program does now, and books those that are good into the next open "
            + "window. Consumers may run meanwhile.");
        retry.SetAction((parsed, stop) => shared.AtDeskAsync(parsed, desk =>
        {
            var result = Of(desk, shared).Retry(stop);
            desk.Output.WriteLine(
                $"{result.Booked} booked, {result.Known} were in the books already, {result.Dead} stay dead letters");
            return SettlementCommand.Done;
        }));
        return retry;
    }

    private static DeadLetterRetry Of(Desk desk, SharedOptions shared) => new(
        desk.Database, new Bookkeeper(new FeeSchedule(desk.Terms)), desk.Options, shared.Time);
}
