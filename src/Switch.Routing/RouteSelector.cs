namespace Switch.Routing;

/// <summary>Decides whom to ask. Pure, without allocation, safe to call from any thread.</summary>
public static class RouteSelector
{
    /// <summary>
    /// The first rule that matches gives its candidates in the order of its strategy, then the fallback gives those of
    /// its own that are not listed yet, up to four in all. Skipped are acquirers that are not available and those that
    /// do not take the currency.
    /// </summary>
    /// <param name="table">The table to decide by; read it once and keep it as long as the plan.</param>
    /// <param name="query">The payment.</param>
    /// <param name="statuses">By acquirer index of the table, at least one for each.</param>
    /// <returns>At most four candidates; none when nobody can be asked.</returns>
    /// <exception cref="ArgumentException">Fewer statuses than acquirers.</exception>
    public static RoutePlan Plan(RouteTable table, in RouteQuery query, ReadOnlySpan<CandidateStatus> statuses)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (statuses.Length < table.AcquirerCount) ThrowTooFewStatuses();

        ref readonly CardCell card = ref table.Bins.Find(query.Bin);
        int rule = table.Matrix.FirstMatch(in card, in query);
        ulong usable = table.AcquirersTaking(query.Currency);

        var shortlist = default(Shortlist);
        if (rule >= 0) Append(table, rule, in query, card.Info.Scheme, usable, statuses, ref shortlist);
        int ruleCandidates = shortlist.Count;
        if (!shortlist.IsFull)
        {
            shortlist.Seal();
            Append(table, table.FallbackList, in query, card.Info.Scheme, usable, statuses, ref shortlist);
        }
        return new RoutePlan(shortlist.Acquirers, shortlist.Count, ruleCandidates, rule, card.Info);
    }

    private static void Append(
        RouteTable table,
        int list,
        in RouteQuery query,
        int scheme,
        ulong usable,
        ReadOnlySpan<CandidateStatus> statuses,
        ref Shortlist shortlist)
    {
        CandidateTable candidates = table.Candidates;
        ReadOnlySpan<byte> acquirers = candidates.Acquirers(list);
        RouteStrategy strategy = candidates.Strategy(list);
        usable &= ~shortlist.Taken;
        for (int i = 0; i < acquirers.Length; i++)
        {
            int acquirer = acquirers[i];
            if (((usable >> acquirer) & 1) == 0 || statuses[acquirer] != CandidateStatus.Available) continue;
            switch (strategy)
            {
                case RouteStrategy.Weight:
                    double draw = SplitScore.Draw(
                        query.SplitHash, table.NameHash(acquirer), candidates.ReciprocalWeights(list)[i]);
                    // The bits of doubles that are not negative are in the order of the doubles.
                    shortlist.Insert(acquirer, BitConverter.DoubleToUInt64Bits(draw));
                    break;
                case RouteStrategy.LeastCost:
                    shortlist.Insert(acquirer, (ulong)table.Fees.Cost(acquirer, scheme, query.AmountMinor));
                    break;
                default:
                    if (shortlist.IsFull) return;
                    shortlist.Append(acquirer);
                    break;
            }
        }
        shortlist.TakeAll();
    }

    private static void ThrowTooFewStatuses() =>
        throw new ArgumentException("Every acquirer of the table needs a status.", "statuses");
}
