using System.Data.Common;
using Dapper;

namespace Switch.Settlement.Days;

/// <summary>One close: the date, and the offset that each partition was consumed to when it was made.</summary>
/// <param name="Date">The business date that was closed.</param>
/// <param name="Watermarks">By topic and partition; a partition that is missing had nothing consumed.</param>
internal sealed record DayClose(DateOnly Date, IReadOnlyDictionary<(string Topic, int Partition), long> Watermarks);

/// <summary>
/// On which date an event settles: a pure function of its business date, its place in the stream and the closes, so
/// that
/// a replay puts every event where it was. Immutable.
/// </summary>
internal sealed class SettlementDates
{
    private readonly DateOnly[] _dates;
    private readonly DayClose[] _closes;
    private readonly Dictionary<(string, int), Watermarks> _partitions = [];
    private readonly Lock _lock = new();

    /// <param name="closes">In any order; one a date.</param>
    public SettlementDates(IEnumerable<DayClose> closes)
    {
        _closes = [.. closes.OrderBy(close => close.Date)];
        _dates = Array.ConvertAll(_closes, close => close.Date);
    }

    /// <summary>How many dates are closed.</summary>
    public int Count => _closes.Length;

    /// <summary>
    /// The date of the window that takes the event: its business date, or the day after the last close that it came too
    /// late for.
    /// </summary>
    public DateOnly Of(DateOnly businessDate, string topic, int partition, long offset)
    {
        var first = Array.BinarySearch(_dates, businessDate);
        if (first < 0) first = ~first;
        if (first == _dates.Length) return businessDate;

        var watermarks = OfPartition(topic, partition);
        var date = businessDate;
        // From where every later close was made after it, there is nothing more to find.
        for (var i = first; i < _dates.Length && offset >= watermarks.LeastFrom[i]; i++)
        {
            if (_dates[i] >= date && offset >= watermarks.Of[i]) date = _dates[i].AddDays(1);
        }

        return date;
    }

    /// <summary>Reads the closes. Within a transaction of the store, no close is made beside it.</summary>
    public static SettlementDates Read(DbConnection connection, DbTransaction? transaction = null)
    {
        var marks = connection.Query<WatermarkRow>(
            "SELECT business_date AS BusinessDate, topic AS Topic, partition_no AS Partition, "
            + "next_offset AS NextOffset FROM closed_day_watermark", transaction: transaction)
            .ToLookup(row => row.BusinessDate);
        return new SettlementDates(connection
            .Query<string>("SELECT business_date FROM closed_day", transaction: transaction)
            .Select(date => new DayClose(
                BusinessDay.Parse(date),
                marks[date].ToDictionary(row => (row.Topic, (int)row.Partition), row => row.NextOffset))));
    }

    private Watermarks OfPartition(string topic, int partition)
    {
        lock (_lock) // the first event of a partition makes its table, on whichever thread it is read
        {
            if (_partitions.TryGetValue((topic, partition), out var known)) return known;
            var of = Array.ConvertAll(_closes, close => close.Watermarks.GetValueOrDefault((topic, partition)));
            var leastFrom = new long[of.Length];
            for (var i = of.Length - 1; i >= 0; i--)
                leastFrom[i] = i + 1 < of.Length ? Math.Min(of[i], leastFrom[i + 1]) : of[i];
            return _partitions[(topic, partition)] = new Watermarks(of, leastFrom);
        }
    }

    private sealed record Watermarks(long[] Of, long[] LeastFrom);

    private sealed class WatermarkRow
    {
        public string BusinessDate { get; set; } = "";

        public string Topic { get; set; } = "";

        public long Partition { get; set; }

        public long NextOffset { get; set; }
    }
}
