namespace Switch.Routing;

/// <summary>The rows of one dimension: the row of a value is that of the last start at or before it.</summary>
internal sealed class DimensionRows
{
    private DimensionRows(long[] starts, int[] rows)
    {
        Starts = starts;
        Rows = rows;
    }

    /// <summary>Ascending; the first is 0.</summary>
    internal long[] Starts { get; }

    /// <summary>One for each start.</summary>
    internal int[] Rows { get; }

    /// <summary>Sweeps over the ends of all conditions and keeps the row that holds between them.</summary>
    internal static DimensionRows Sweep(CompiledRule[] rules, RuleDimension dimension, RowPool pool)
    {
        ulong[] row = pool.NewRow();
        var changes = new List<(long At, int Rule)>();
        for (int rule = 0; rule < rules.Length; rule++)
        {
            if (rules[rule][dimension] is not { } condition)
            {
                Flip(row, rule);
                continue;
            }
            // Intervals of a set never touch, so a rule flips on at each start and off behind each end.
            foreach (Interval interval in condition.Intervals)
            {
                changes.Add((interval.Low, rule));
                changes.Add((interval.High + 1, rule));
            }
        }
        changes.Sort(static (a, b) => a.At.CompareTo(b.At));

        var starts = new List<long>();
        var rows = new List<int>();
        int next = 0;
        long at = 0;
        while (true)
        {
            for (; next < changes.Count && changes[next].At == at; next++) Flip(row, changes[next].Rule);
            int added = pool.Add(row);
            if (rows.Count == 0 || rows[^1] != added)
            {
                starts.Add(at);
                rows.Add(added);
            }
            if (next == changes.Count) break;
            at = changes[next].At;
        }
        return new DimensionRows([.. starts], [.. rows]);
    }

    /// <summary>One row for each value below <paramref name="count"/>.</summary>
    internal int[] ByValue(int count)
    {
        var rows = new int[count];
        int found = 0;
        for (int value = 0; value < count; value++)
        {
            if (found + 1 < Starts.Length && Starts[found + 1] <= value) found++;
            rows[value] = Rows[found];
        }
        return rows;
    }

    private static void Flip(ulong[] row, int rule) => row[rule / 64] ^= 1UL << (rule % 64);
}
