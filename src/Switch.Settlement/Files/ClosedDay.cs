using System.Data.Common;
using Switch.Settlement.Days;
using Switch.Settlement.Terms;

namespace Switch.Settlement.Files;

/// <summary>A close, and the settlement dates that it took: nothing is added to them any more.</summary>
/// <param name="Date">The business date that was closed.</param>
/// <param name="From">
/// The close before it, YYYY-MM-DD; its own windows are not among them. Empty when it is the first.
/// </param>
/// <param name="To">The date, YYYY-MM-DD.</param>
/// <param name="ClosedAt">When it was closed.</param>
/// <param name="Operator">Who paid, as the terms had it then; null of a close that was made before it was kept.</param>
internal sealed record ClosedDay(
    DateOnly Date, string From, string To, DateTimeOffset ClosedAt, OperatorTerms? Operator)
{
    /// <summary>Finds a close; null when the date was not closed by a close of its own.</summary>
    public static ClosedDay? Find(DbConnection connection, DateOnly date)
    {
        var to = BusinessDay.Text(date);
        var row = connection.ReadAll<Row>(ClosedDaySql.Close, new { to }).FirstOrDefault();
        if (row is null) return null;
        var from = connection.ReadAll<string?>(ClosedDaySql.CloseBefore, new { to })[0];
        return new ClosedDay(date, from ?? "", to, DateTimeOffset.FromUnixTimeMilliseconds(row.ClosedMs), row.Operator);
    }

    /// <summary>
    /// The settlement dates that something was booked on, in order; its own when there is none. They are few: so a
    /// merchant's entries are found by each of them, and not among those of every merchant between two dates.
    /// </summary>
    public IReadOnlyList<string> ReadDates(DbConnection connection)
    {
        var dates = new List<string>();
        for (var after = From; ; after = dates[^1])
        {
            var next = connection.ReadAll<string?>(ClosedDaySql.NextDate, new { After = after, To })[0];
            if (next is null) return dates.Count > 0 ? dates : [To];
            dates.Add(next);
        }
    }

    private sealed class Row
    {
        public long ClosedMs { get; set; }

        public string Name { get; set; } = "";

        public string Details { get; set; } = "";

        public string Town { get; set; } = "";

        public string Country { get; set; } = "";

        public string Iban { get; set; } = "";

        public string Bic { get; set; } = "";

        public OperatorTerms? Operator =>
            Name.Length == 0 ? null : new(Name, PartyDetails.Lines(Details), Country, Iban, Bic, "") { Town = Town };
    }
}
