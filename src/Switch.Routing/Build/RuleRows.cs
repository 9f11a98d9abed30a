using System.Collections.Frozen;

namespace Switch.Routing;

/// <summary>The rows of all dimensions, and the index of cards that leads to those that a card decides.</summary>
internal sealed class RuleRows
{
    private readonly int[] _schemeRows;
    private readonly int[] _countryRows;
    private readonly int[] _fundingRows;
    private readonly DimensionRows _binRows;

    private RuleRows(CompiledRule[] rules, int schemes)
    {
        var pool = new RowPool(rules.Length);
        int[] ByValue(RuleDimension dimension, int count) =>
            DimensionRows.Sweep(rules, dimension, pool).ByValue(count);

        _schemeRows = ByValue(RuleDimension.Scheme, schemes + 1);
        _countryRows = ByValue(RuleDimension.Country, CountryCode.Count);
        _fundingRows = ByValue(RuleDimension.Funding, (int)CardFunding.Prepaid + 1);
        _binRows = DimensionRows.Sweep(rules, RuleDimension.Bin, pool);
        DimensionRows amounts = DimensionRows.Sweep(rules, RuleDimension.Amount, pool);
        List<string> merchants = MerchantsInOrder(rules);
        // One past the last merchant satisfies no merchant condition: the row of everybody else.
        int[] merchantRows = ByValue(RuleDimension.Merchant, merchants.Count + 1);
        Parts = new RuleMatrixParts
        {
            WordsPerRow = pool.WordsPerRow,
            CurrencyRows = ByValue(RuleDimension.Currency, CurrencyCode.Count),
            MccRows = ByValue(RuleDimension.Mcc, 10_000),
            MinuteRows = ByValue(RuleDimension.Time, RouteQuery.MinutesPerWeek),
            EntryModeRows = ByValue(RuleDimension.EntryMode, (int)RouteEntryMode.Ecommerce + 1),
            KindRows = ByValue(RuleDimension.Kind, (int)RouteKind.Refund + 1),
            Amounts = new AmountIndex(amounts.Starts, amounts.Rows),
            MerchantRows = merchants
                .Select((id, number) => KeyValuePair.Create(id, merchantRows[number]))
                .ToFrozenDictionary(StringComparer.Ordinal),
            OtherMerchantRow = merchantRows[^1],
            Rows = pool.ToArray(),
        };
    }

    internal RuleMatrixParts Parts { get; }

    internal static RuleRows Build(CompiledRule[] rules, int schemes) => new(rules, schemes);

    /// <summary>Cuts the card segments also where a rule's BIN condition begins or ends.</summary>
    internal BinIndex MakeBinIndex(List<BinSegment> cards, List<CardInfo> infos)
    {
        var segments = new List<BinSegment>(cards.Count + _binRows.Starts.Length);
        var cells = new List<CardCell>();
        var known = new Dictionary<CardCell, int>();
        int card = 0;
        int bin = 0;
        while (true)
        {
            CardInfo info = infos[cards[card].Cell];
            var cell = new CardCell(info, _schemeRows[info.Scheme], _countryRows[info.Country.Number],
                _fundingRows[(int)info.Funding], _binRows.Rows[bin]);
            if (!known.TryGetValue(cell, out int number))
            {
                number = cells.Count;
                known.Add(cell, number);
                cells.Add(cell);
            }
            segments.Add(new BinSegment(Math.Max(cards[card].Start, _binRows.Starts[bin]), number));

            long nextCard = card + 1 < cards.Count ? cards[card + 1].Start : long.MaxValue;
            long nextBin = bin + 1 < _binRows.Starts.Length ? _binRows.Starts[bin + 1] : long.MaxValue;
            if (Math.Min(nextCard, nextBin) >= BinDigits.PowerOfTen(RoutingLimits.BinDigits)) break;
            if (nextCard <= nextBin) card++;
            if (nextBin <= nextCard) bin++;
        }
        return new BinIndex(segments, [.. cells]);
    }

    /// <summary>
    /// Numbers were given in the order in which rules name merchants; the same walk finds them again.
    /// </summary>
    private static List<string> MerchantsInOrder(CompiledRule[] rules)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var merchants = new List<string>();
        foreach (CompiledRule rule in rules)
            foreach (Located<string> merchant in rule.When.Merchants ?? [])
                if (seen.Add(merchant.Value)) merchants.Add(merchant.Value);
        return merchants;
    }
}
