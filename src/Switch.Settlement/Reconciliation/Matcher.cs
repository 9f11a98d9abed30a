namespace Switch.Settlement.Reconciliation;

/// <summary>
/// Compares our books with an acquirer's file. Pure and deterministic; O(n log n) in the lines of both sides.
/// </summary>
/// <remarks>
/// Rules are tried from the surest to the weakest, and each takes the pairs that it finds away. RRN and approval code,
/// then RRN alone: of those the same currency and amount on the same date first, then on another date, then the same
/// currency, then the same amount, then whatever is left. Card and amount pair only where a side gives no RRN: two
/// different RRNs are two payments. Money that goes the other way is another movement, so a reversal never pairs with
/// its sale; what is left of both on one side nets.
/// </remarks>
internal static class Matcher
{
    // Keys are joined by a control character, which no field that was read holds.
    private static readonly Rule[] Rules =
    [
        new("rrn, approval code", Sided(WithApproval, withCurrency: true, withAmount: true), IsSameDate: true),
        new("rrn, approval code", Sided(WithApproval, withCurrency: true, withAmount: true)),
        new("rrn", Sided(Rrn, withCurrency: true, withAmount: true), IsSameDate: true),
        new("rrn", Sided(Rrn, withCurrency: true, withAmount: true)),
        new("rrn, approval code", Sided(WithApproval, withCurrency: true, withAmount: false)),
        new("rrn, approval code", Sided(WithApproval, withCurrency: false, withAmount: true)),
        new("rrn, approval code", Sided(WithApproval, withCurrency: false, withAmount: false)),
        new("rrn", Sided(Rrn, withCurrency: true, withAmount: false)),
        new("rrn", Sided(Rrn, withCurrency: false, withAmount: true)),
        new("rrn", Sided(Rrn, withCurrency: false, withAmount: false)),
        new("card, amount", Sided(Card, true, true), IsSameDate: true, Ours: HasNoRrn),
        new("card, amount", Sided(Card, true, true), IsSameDate: true, Theirs: HasNoRrn),
        new("card, amount", Sided(Card, true, true), Ours: HasNoRrn),
        new("card, amount", Sided(Card, true, true), Theirs: HasNoRrn),
    ];

    /// <summary>Compares two sides.</summary>
    /// <param name="ours">Our lines that no earlier file has accounted for.</param>
    /// <param name="theirs">The lines of the file.</param>
    /// <param name="isDue">Whether their file of a date should have come: what it lacks of it is missing.</param>
    /// <param name="settled">
    /// Our lines that earlier files have accounted for; asked for once, and only when lines of theirs are left over.
    /// </param>
    /// <param name="terms">What is tolerated.</param>
    /// <returns>A finding for every line of theirs and every line of ours that is due, in order.</returns>
    public static IReadOnlyList<Finding> Match(
        IReadOnlyList<SettledLine> ours, IReadOnlyList<SettledLine> theirs, Func<DateOnly, bool> isDue,
        Func<IEnumerable<SettledLine>> settled, MatchTerms terms)
    {
        var findings = new List<Finding>(theirs.Count);
        var us = ours.ToList();
        var them = theirs.ToList();
        foreach (var rule in Rules)
        {
            if (us.Count == 0 || them.Count == 0) break;
            Pair(us, them, rule, terms, findings);
        }

        // Of a sale and its reversal one has to be due: of other dates their file may still list both.
        Net(us, line => line.IsNetted || isDue(line.BusinessDate), isOurs: true, findings);
        // What they list a second time is no payment of its own, whatever else of it they list a second time.
        Repeated(them, Known(findings, them, settled), findings);
        Net(them, static _ => true, isOurs: false, findings);
        Repeated(them, Known(findings, [], static () => []), findings);
        Unknown(them, findings);
        findings.AddRange(us.Where(line => isDue(line.BusinessDate))
            .Select(static line => new Finding(MatchOutcome.MissingOnTheirs, line, null)));
        return
        [
            .. findings
                .OrderBy(static f => f.Theirs?.Id ?? long.MaxValue)
                .ThenBy(static f => f.Ours?.BusinessDate)
                .ThenBy(static f => f.Ours?.Id),
        ];
    }

    private static void Pair(
        List<SettledLine> us, List<SettledLine> them, Rule rule, MatchTerms terms, List<Finding> findings)
    {
        var ours = Keyed(us, rule.Key, rule.Ours, rule.IsSameDate);
        var theirs = Keyed(them, rule.Key, rule.Theirs, rule.IsSameDate);
        var taken = new HashSet<SettledLine>(ReferenceEqualityComparer.Instance);
        for (int i = 0, j = 0; i < ours.Count && j < theirs.Count;)
        {
            var order = string.CompareOrdinal(ours[i].Key, theirs[j].Key);
            if (order == 0)
            {
                var days = theirs[j].Line.BusinessDate.DayNumber - ours[i].Line.BusinessDate.DayNumber;
                if (Math.Abs(days) <= terms.TimingDays)
                {
                    findings.Add(Judge(ours[i].Line, theirs[j].Line, rule.Name, terms));
                    taken.Add(ours[i++].Line);
                    taken.Add(theirs[j++].Line);
                    continue;
                }

                order = days < 0 ? 1 : -1;
            }

            if (order < 0) i++;
            else j++;
        }

        us.RemoveAll(taken.Contains);
        them.RemoveAll(taken.Contains);
    }

    private static Finding Judge(SettledLine ours, SettledLine theirs, string rule, MatchTerms terms)
    {
        var outcome = MatchOutcome.Matched;
        if (ours.Currency != theirs.Currency) outcome = MatchOutcome.CurrencyDiffers;
        else if (!terms.Of(ours.Currency).Covers(ours.AmountMinor, theirs.AmountMinor))
            outcome = MatchOutcome.AmountDiffers;
        else if (ours.BusinessDate != theirs.BusinessDate) outcome = MatchOutcome.Timing;
        return new Finding(outcome, ours, theirs, rule);
    }

    // What one side has in both directions and the other in none: a sale and its reversal.
    private static void Net(
        List<SettledLine> lines, Func<SettledLine, bool> isDue, bool isOurs, List<Finding> findings)
    {
        var taken = new HashSet<SettledLine>(ReferenceEqualityComparer.Instance);
        var open = new Dictionary<(string, string, long), Stack<SettledLine>>();
        foreach (var line in lines.Where(static l => l.Rrn.Length > 0).OrderByDescending(static l => l.Id))
            Of(open, (line.Rrn, line.Currency, line.AmountMinor)).Push(line);
        foreach (var line in lines.Where(static l => l.Rrn.Length > 0 && l.AmountMinor > 0).OrderBy(static l => l.Id))
        {
            if (!open.TryGetValue((line.Rrn, line.Currency, -line.AmountMinor), out var opposite)
                || !opposite.TryPeek(out var reversal)
                || !(isDue(line) || isDue(reversal))) continue;
            taken.Add(line);
            taken.Add(opposite.Pop());
        }

        findings.AddRange(taken.Select(line => isOurs
            ? new Finding(MatchOutcome.Netted, line, null, "sale and reversal")
            : new Finding(MatchOutcome.Netted, null, line, "sale and reversal")));
        lines.RemoveAll(taken.Contains);
    }

    private static void Repeated(List<SettledLine> them, HashSet<string> known, List<Finding> findings)
    {
        findings.AddRange(them.Where(line => known.Contains(Identity(line)))
            .Select(static line => new Finding(MatchOutcome.Duplicate, null, line, "seen before")));
        them.RemoveAll(line => known.Contains(Identity(line)));
    }

    // What they list several times is missing once.
    private static void Unknown(List<SettledLine> them, List<Finding> findings)
    {
        var told = new HashSet<string>(StringComparer.Ordinal);
        findings.AddRange(them.Select(line => told.Add(Identity(line)) || !line.IsNumbered
            ? new Finding(MatchOutcome.MissingOnOurs, null, line)
            : new Finding(MatchOutcome.Duplicate, null, line, "listed twice")));
    }

    // Of what was settled only that which is asked for: all of it may be many times the file.
    private static HashSet<string> Known(
        List<Finding> findings, List<SettledLine> asked, Func<IEnumerable<SettledLine>> settled)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var finding in findings)
        {
            // Of what was netted no line of theirs is known.
            if (finding is { Ours: { } ours, Theirs: not null }) known.Add(Identity(ours));
            if (finding.Theirs is { } theirs) known.Add(Identity(theirs));
        }

        var wanted = asked.Where(static line => line.Id > 0).Select(Identity).ToHashSet(StringComparer.Ordinal);
        if (wanted.Count > 0) known.UnionWith(settled().Select(Identity).Where(wanted.Contains));
        return known;
    }

    private static List<(string Key, SettledLine Line)> Keyed(
        List<SettledLine> lines, Func<SettledLine, string?> key, Func<SettledLine, bool>? filter, bool isSameDate)
    {
        var keyed = new List<(string Key, SettledLine Line)>(lines.Count);
        foreach (var line in lines)
        {
            if ((filter is null || filter(line)) && key(line) is { } text)
                keyed.Add((isSameDate ? $"{text}\u001f{line.BusinessDate.DayNumber}" : text, line));
        }

        keyed.Sort(static (a, b) =>
        {
            var order = string.CompareOrdinal(a.Key, b.Key);
            if (order == 0) order = a.Line.BusinessDate.CompareTo(b.Line.BusinessDate);
            return order == 0 ? a.Line.Id.CompareTo(b.Line.Id) : order;
        });
        return keyed;
    }

    private static Func<SettledLine, string?> Sided(
        Func<SettledLine, string?> identity, bool withCurrency, bool withAmount) => line =>
        identity(line) is { } id
            ? $"{id}\u001f{line.Direction}\u001f{(withCurrency ? line.Currency : "")}\u001f"
                + (withAmount ? line.AmountMinor : 0)
            : null;

    private static string? WithApproval(SettledLine line) =>
        line.Rrn.Length > 0 && line.ApprovalCode.Length > 0 ? $"{line.Rrn}\u001f{line.ApprovalCode}" : null;

    private static string? Rrn(SettledLine line) => line.Rrn.Length > 0 ? line.Rrn : null;

    private static string? Card(SettledLine line) => line.CardLastFour.Length > 0 ? line.CardLastFour : null;

    private static bool HasNoRrn(SettledLine line) => line.Rrn.Length == 0;

    private static string Identity(SettledLine line) => line.Rrn.Length > 0
        ? $"{line.Rrn}\u001f{line.Direction}"
        : $"{line.CardLastFour}\u001f{line.ApprovalCode}\u001f{line.Currency}\u001f{line.AmountMinor}\u001f"
            + $"{line.BusinessDate.DayNumber}";

    private static Stack<SettledLine> Of(
        Dictionary<(string, string, long), Stack<SettledLine>> open, (string, string, long) key)
    {
        if (!open.TryGetValue(key, out var stack)) open[key] = stack = new Stack<SettledLine>();
        return stack;
    }

    private sealed record Rule(
        string Name, Func<SettledLine, string?> Key, bool IsSameDate = false, Func<SettledLine, bool>? Ours = null,
        Func<SettledLine, bool>? Theirs = null);
}
