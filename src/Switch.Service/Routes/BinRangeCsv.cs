using System.Globalization;
using Switch.Routing;

namespace Switch.Service.Routes;

/// <summary>
/// Reads a file of BIN ranges: a header <c>low,high,scheme,country,funding</c>, then one range a line. Country and
/// funding may be empty; empty lines and lines that begin with # are skipped; quotes are not known.
/// </summary>
internal static class BinRangeCsv
{
    internal static void Read(TextReader text, RouteFaults faults, List<BinRangeConfig> ranges)
    {
        string header = string.Join(',', RouteKeys.CsvColumns);
        // A few hundred different words in a hundred thousand lines: each is kept once.
        var words = new Dictionary<string, string>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        bool isHeaderSeen = false;
        int number = 0;
        while (text.ReadLine() is { } line)
        {
            number++;
            if (line.Length == 0 || line[0] == '#') continue;
            if (!isHeaderSeen)
            {
                isHeaderSeen = true;
                if (line.AsSpan().Trim().SequenceEqual(header)) continue;
                faults.Add(number, "header", $"the first line must be '{header}'");
                return;
            }
            if (ReadRange(line, number, faults, words) is { } range) ranges.Add(range);
            if (ranges.Count > RoutingLimits.BinRanges) return;
        }
        if (!isHeaderSeen) faults.Add(1, "header", $"the file is empty; the first line must be '{header}'");
    }

    private static BinRangeConfig? ReadRange(
        ReadOnlySpan<char> line,
        int number,
        RouteFaults faults,
        Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> words)
    {
        Span<Range> columns = stackalloc Range[RouteKeys.CsvColumns.Length + 1];
        int count = line.Split(columns, ',', StringSplitOptions.TrimEntries);
        if (count != RouteKeys.CsvColumns.Length)
        {
            string given = count > RouteKeys.CsvColumns.Length ? "more" : count.ToString(CultureInfo.InvariantCulture);
            faults.Add(number, "range", $"{RouteKeys.CsvColumns.Length} columns are needed, not {given}");
            return null;
        }
        if (!BinRange.TryParse(line[columns[0]], line[columns[1]], out BinRange range))
        {
            faults.Add(number, "range", $"'{line[columns[0]]}' to '{line[columns[1]]}' is not a range: 6 to 11 digits, "
                + "as many on either side, the lower first");
            return null;
        }
        if (line[columns[2]].IsEmpty)
        {
            faults.Add(number, "scheme", "is needed");
            return null;
        }
        return new BinRangeConfig(
            range,
            Once(line[columns[2]], words)!,
            Once(line[columns[3]], words),
            Once(line[columns[4]], words),
            new SourceLine(faults.FileName, number));
    }

    private static string? Once(
        ReadOnlySpan<char> word, Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> words)
    {
        if (word.IsEmpty) return null;
        if (words.TryGetValue(word, out string? known)) return known;
        string made = word.ToString();
        words[word] = made;
        return made;
    }
}
