namespace Switch.Iso8583;

/// <summary>What a received reply turned out to be.</summary>
internal enum MatchKind
{
    Matched,
    Late,
    Unmatched,
}

/// <summary>
/// Finds what a reply that matches nothing comes nearest to (S7). It looks at everything known, which is bounded.
/// </summary>
internal static class NearestMiss
{
    public static MatchKey? Find(MatchKey key, IsoMessage reply, PendingIndex pending, RememberedExchanges remembered)
    {
        var best = 0;
        MatchKey? nearest = null;
        foreach (var bucket in pending.Buckets)
        {
            for (var exchange = bucket; exchange is not null; exchange = exchange.NextInBucket)
            {
                var score = exchange.Key.Nearness(key, reply);
                if (score <= best) continue;
                best = score;
                nearest = exchange.Key;
            }
        }

        return remembered.Nearest(key, reply, ref best) ?? nearest;
    }
}
