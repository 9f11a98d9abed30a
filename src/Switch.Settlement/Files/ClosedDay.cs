using System.Data.Common;
using Dapper;
using Switch.Settlement.Days;

namespace Switch.Settlement.Files;

/// <summary>A close, and the settlement dates that it took: nothing is added to them any more.</summary>
/// <param name="Date">The business date that was closed.</param>
/// <param name="From">
/// The close before it, YYYY-MM-DD; its own windows are not among them. Empty when it is the first.
/// </param>
/// <param name="To">The date, YYYY-MM-DD.</param>
/// <param name="ClosedAt">When it was closed.</param>
internal sealed record ClosedDay(DateOnly Date, string From, string To, DateTimeOffset ClosedAt)
{
    /// <summary>Finds a close; null when the date was not closed by a close of its own.</summary>
    public static ClosedDay? Find(DbConnection connection, DateOnly date)
    {
        var to = BusinessDay.Text(date);
        var closed = connection.ExecuteScalar<long?>(
            "SELECT closed_ms FROM closed_day WHERE business_date = @to", new { to });
        if (closed is not { } closedMs) return null;
        var from = connection.ExecuteScalar<string?>(
            "SELECT MAX(business_date) FROM closed_day WHERE business_date < @to", new { to });
        return new ClosedDay(date, from ?? "", to, DateTimeOffset.FromUnixTimeMilliseconds(closedMs));
    }
}
