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
            // Lines and no table: reasons are sentences, which would crowd out the places.
            foreach (var letter in letters)
            {
                var came = DateTimeOffset.FromUnixTimeMilliseconds(letter.ReceivedMs);
                desk.Output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{letter.Partition}:{letter.Offset}, came {came:yyyy-MM-dd HH:mm:ss} UTC: {letter.Reason}"));
                desk.Output.WriteLine($"  today: {letter.Fault ?? "can be booked"}");
            }

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
            var result = Of(desk, shared, letter => desk.Output.WriteLine(
                $"{letter.Partition}:{letter.Offset} stays: {letter.Reason}")).Retry(stop);
            desk.Output.WriteLine(
                $"{result.Booked} booked, {result.Known} were in the books already, {result.Dead} stay dead letters");
            return SettlementCommand.Done;
        }));
        return retry;
    }

    private static DeadLetterRetry Of(Desk desk, SharedOptions shared, Action<RefusedLetter>? refused = null) => new(
        desk.Database, new Bookkeeper(new FeeSchedule(desk.Terms)), desk.Options, shared.Time, refused);
}
