namespace Switch.Routing;

/// <summary>Flattens nested BIN ranges into segments, the narrower winning; finds contradictions on the way.</summary>
internal static class BinRangeCompiler
{
    /// <summary>
    /// Segments in ascending order without a gap; their cell is an index into <paramref name="infos"/>, whose first
    /// entry is the unknown card.
    /// </summary>
    internal static List<BinSegment> Compile(
        RouteConfig config, NameIndex schemes, FaultList faults, out List<CardInfo> infos)
    {
        infos = [default];
        if (config.BinRanges.Count > RoutingLimits.BinRanges)
        {
            faults.Add(config.BinRanges[RoutingLimits.BinRanges].Line, "bin_ranges",
                $"{config.BinRanges.Count} ranges; at most {RoutingLimits.BinRanges} are allowed");
            return [];
        }
        List<Resolved> ranges = Resolve(config, schemes, faults, infos);
        // Wider before narrower where both begin together, so that a sweep meets the outer range first.
        ranges.Sort(static (a, b) => a.Low != b.Low ? a.Low.CompareTo(b.Low) : b.High.CompareTo(a.High));
        return Flatten(ranges, config.BinRanges, faults);
    }

    private static List<Resolved> Resolve(
        RouteConfig config, NameIndex schemes, FaultList faults, List<CardInfo> infos)
    {
        var cells = new Dictionary<CardInfo, int>();
        var ranges = new List<Resolved>(config.BinRanges.Count);
        for (int i = 0; i < config.BinRanges.Count; i++)
        {
            BinRangeConfig range = config.BinRanges[i];
            bool good = true;
            int scheme = 0;
            if (!schemes.TryGet(range.Scheme, out scheme))
                good = schemes.Find(new Located<string>(range.Scheme, range.Line), $"bin_ranges[{i}].scheme", out _);

            CountryCode country = default;
            if (range.Country is { } name)
                good &= FindCountry(new Located<string>(name, range.Line),
                    $"bin_ranges[{i}].country", faults, out country);

            int funding = 0;
            if (range.Funding is { } word && !Words.Fundings.TryGetValue(word, out funding))
            {
                faults.Add(range.Line, $"bin_ranges[{i}].funding", UnknownWord(word, Words.Fundings));
                good = false;
            }
            if (!good) continue;

            var info = new CardInfo((byte)scheme, (CardFunding)funding, country);
            if (!cells.TryGetValue(info, out int cell))
            {
                cell = infos.Count;
                cells.Add(info, cell);
                infos.Add(info);
            }
            ranges.Add(new Resolved(range.Range.Low, range.Range.High, cell, i));
        }
        return ranges;
    }

    private static List<BinSegment> Flatten(
        List<Resolved> ranges, IReadOnlyList<BinRangeConfig> sources, FaultList faults)
    {
        var segments = new List<BinSegment>((ranges.Count * 2) + 1) { new(0, 0) };
        var open = new Stack<Resolved>();
        foreach (Resolved range in ranges)
        {
            while (open.TryPeek(out Resolved top) && top.High < range.Low)
            {
                open.Pop();
                Emit(segments, top.High + 1, open);
            }
            if (open.TryPeek(out Resolved outer) && Contradicts(range, outer))
            {
                string what =
                    range.Low == outer.Low && range.High == outer.High ? "says otherwise" : "overlaps in part";
                faults.Add(sources[range.Source].Line, $"bin_ranges[{range.Source}]",
                    $"{sources[range.Source].Range} contradicts {sources[outer.Source].Range} "
                    + $"in {sources[outer.Source].Line}: it {what}");
                continue;
            }
            open.Push(range);
            Emit(segments, range.Low, open);
        }
        while (open.TryPop(out Resolved top)) Emit(segments, top.High + 1, open);
        return segments;
    }

    private static bool Contradicts(Resolved inner, Resolved outer) =>
        inner.High > outer.High
        || (inner.Low == outer.Low && inner.High == outer.High && inner.Cell != outer.Cell);

    private static void Emit(List<BinSegment> segments, long start, Stack<Resolved> open)
    {
        // Past the last card number there is nothing to answer for.
        if (start == BinDigits.PowerOfTen(RoutingLimits.BinDigits)) return;
        int cell = open.TryPeek(out Resolved top) ? top.Cell : 0;
        if (segments[^1].Start == start) segments[^1] = new BinSegment(start, cell);
        else if (segments[^1].Cell != cell) segments.Add(new BinSegment(start, cell));
    }

    internal static bool FindCountry(Located<string> name, string path, FaultList faults, out CountryCode country)
    {
        if (CountryCode.TryParse(name.Value, out country) && Iso3166.IsKnown(name.Value)) return true;
        faults.Add(name.Line, path, $"'{name.Value}' is not an ISO 3166 alpha-2 country such as FR");
        return false;
    }

    internal static string UnknownWord(string word, Dictionary<string, int> words) =>
        $"'{word}' is not one of {string.Join(", ", words.Keys)}";

    private readonly record struct Resolved(long Low, long High, int Cell, int Source);
}
