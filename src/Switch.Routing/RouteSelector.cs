namespace Switch.Routing;

/// <summary>Decides whom to ask. Pure, without allocation, safe to call from any thread.</summary>
public static class RouteSelector
{
    /// <summary>
    /// The first rule that matches gives its candidates in the order of its strategy, then the fallback, unless the
    /// rule forbids it, gives those of its own that are not listed yet, up to four in all. Skipped are acquirers that
    /// are not available and those that do not take the currency.
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

        uint plan = 0;
        int count = 0;
        if (rule >= 0) Append(table, rule, in query, card.Info.Scheme, usable, statuses, ref plan, ref count);
        int ruleCandidates = count;
        if (count < RoutingLimits.CandidatesPerPlan && (rule < 0 || !table.Candidates.IsFinal(rule)))
        {
            for (int i = 0; i < count; i++) usable &= ~(1UL << (int)((plan >> (i * 8)) & 0xFF));
            Append(table, table.FallbackList, in query, card.Info.Scheme, usable, statuses, ref plan, ref count);
        }
        return new RoutePlan(plan, count, ruleCandidates, rule, card.Info);
    }

    private static void Append(
        RouteTable table,
        int listIndex,
        in RouteQuery query,
        int scheme,
        ulong usable,
        ReadOnlySpan<CandidateStatus> statuses,
        ref uint plan,
        ref int count)
    {
        ReadOnlySpan<Candidate> list = table.Candidates.Get(listIndex, out RouteStrategy strategy);
        var shortlist = new Shortlist();
        // One loop for each strategy: which it is varies from payment to payment, and is asked once.
        switch (strategy)
        {
            case RouteStrategy.Weight:
                for (int i = 0; i < list.Length; i++)
                {
                    int acquirer = list[i].Acquirer;
                    double draw = SplitScore.Draw(query.SplitHash, table.NameHash(acquirer), list[i].ReciprocalWeight);
                    // The bits of doubles that are not negative are in the order of the doubles.
                    long score = BitConverter.DoubleToInt64Bits(draw) >> Shortlist.PositionBits;
                    shortlist.Offer(score, i, Usable(acquirer, usable, statuses));
                }
                break;
            case RouteStrategy.LeastCost:
                for (int i = 0; i < list.Length; i++)
                {
                    int acquirer = list[i].Acquirer;
                    long cost = table.Fees.Cost(acquirer, scheme, query.AmountMinor);
                    shortlist.Offer(cost, i, Usable(acquirer, usable, statuses));
                }
                break;
            default:
                for (int i = 0; i < list.Length; i++)
                    shortlist.Offer(0, i, Usable(list[i].Acquirer, usable, statuses));
                break;
        }
        shortlist.AppendTo(ref plan, ref count, list);
    }

    // 1 or 0, without a branch: the high bit of status - 1 is set for Available, which is 0, alone.
    private static long Usable(int acquirer, ulong usable, ReadOnlySpan<CandidateStatus> statuses) =>
        (long)((usable >> acquirer) & (((uint)statuses[acquirer] - 1) >> 31));

    private static void ThrowTooFewStatuses() =>
        throw new ArgumentException("Every acquirer of the table needs a status.", "statuses");
}
