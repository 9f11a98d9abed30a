namespace Switch.Routing;

/// <summary>Acquirers whose names are resolved.</summary>
/// <param name="Names">By acquirer index.</param>
/// <param name="Index">Those that the configuration describes.</param>
/// <param name="Fees">By acquirer index times (schemes + 1) plus scheme number.</param>
/// <param name="ByCurrency">By currency number, one bit for each acquirer.</param>
internal sealed record AcquirerSet(string[] Names, NameIndex Index, Fee[] Fees, ulong[] ByCurrency);

/// <summary>Resolves acquirers, their currencies and their fees.</summary>
internal static class AcquirerCompiler
{
    internal static AcquirerSet Compile(
        RouteConfig config, IReadOnlyList<string>? order, NameIndex schemes, FaultList faults)
    {
        IReadOnlyList<AcquirerConfig> acquirers = config.Acquirers;
        if (order is not null && order.Distinct(StringComparer.Ordinal).Count() != order.Count)
            throw new ArgumentException("A link is named twice.", nameof(order));
        string[] names = order is null ? [.. acquirers.Select(static a => a.Name.Value)] : [.. order];
        var set = new AcquirerSet(
            names,
            new NameIndex("acquirer", faults),
            new Fee[Math.Clamp(names.Length, 1, RoutingLimits.Acquirers) * (config.Schemes.Count + 1)],
            new ulong[CurrencyCode.Count]);

        if (acquirers.Count == 0) faults.Add(config.Line, "acquirers", "at least one acquirer is needed");
        if (names.Length > RoutingLimits.Acquirers)
        {
            faults.Add(acquirers.Count > 0 ? acquirers[^1].Name.Line : config.Line, "acquirers",
                $"{names.Length} acquirers; at most {RoutingLimits.Acquirers} are allowed");
            return set;
        }

        for (int i = 0; i < acquirers.Count; i++)
        {
            string path = $"acquirers[{i}]";
            Located<string> name = acquirers[i].Name;
            int index = order is null ? i : Array.IndexOf(names, name.Value);
            if (index < 0)
            {
                faults.Add(name.Line, path + ".name", $"the acquirer '{name.Value}' has no link; links are "
                    + string.Join(", ", names));
                // Declared all the same, so that rules that name it do not add to one mistake.
                index = 0;
            }
            if (!set.Index.Declare(name, index, path + ".name")) continue;
            AddCurrencies(acquirers[i], 1UL << index, path, set, faults);
            Span<Fee> fees = set.Fees.AsSpan(index * (config.Schemes.Count + 1), config.Schemes.Count + 1);
            AddFees(acquirers[i], fees, path, schemes, faults);
        }
        return set;
    }

    private static void AddCurrencies(
        AcquirerConfig acquirer, ulong bit, string path, AcquirerSet set, FaultList faults)
    {
        if (acquirer.Currencies is not { } currencies)
        {
            for (int i = 0; i < set.ByCurrency.Length; i++) set.ByCurrency[i] |= bit;
            return;
        }
        if (currencies.Count == 0)
            faults.Add(
                acquirer.Name.Line, path + ".currencies", "an empty list takes no payment; leave it out for all");
        for (int i = 0; i < currencies.Count; i++)
            if (CurrencyCheck.Find(currencies[i], $"{path}.currencies[{i}]", faults, out CurrencyCode currency))
                set.ByCurrency[currency.Number] |= bit;
    }

    private static void AddFees(
        AcquirerConfig acquirer, Span<Fee> fees, string path, NameIndex schemes, FaultList faults)
    {
        var seen = new NameIndex("fee", faults);
        foreach (FeeConfig fee in acquirer.Fees.OrderBy(static fee => fee.Scheme.Value != FeeConfig.Default))
        {
            string feePath = $"{path}.fees.{fee.Scheme.Value}";
            if (!seen.Declare(fee.Scheme, 0, feePath)) continue;
            bool known = CheckFee(fee, feePath, faults);
            int scheme = 0;
            bool isDefault = fee.Scheme.Value == FeeConfig.Default;
            if (!isDefault && !schemes.Find(fee.Scheme, feePath, out scheme)) continue;
            if (!known) continue;

            var compiled = new Fee(fee.FixedMinor, (int)(fee.BasisPoints * 100));
            // The default comes first, so a scheme's own fee overwrites it.
            if (isDefault) fees.Fill(compiled);
            else fees[scheme] = compiled;
        }
    }

    private static bool CheckFee(FeeConfig fee, string path, FaultList faults)
    {
        bool good = true;
        if (fee.FixedMinor is < 0 or > RoutingLimits.FixedFeeMinor)
        {
            faults.Add(fee.Scheme.Line, path + ".fixed",
                $"{fee.FixedMinor} is outside 0 to {RoutingLimits.FixedFeeMinor} minor units");
            good = false;
        }
        if (fee.BasisPoints is < 0 or > RoutingLimits.BasisPoints
            || decimal.Round(fee.BasisPoints, 2) != fee.BasisPoints)
        {
            faults.Add(fee.Scheme.Line, path + ".bps",
                $"{fee.BasisPoints} is outside 0 to {RoutingLimits.BasisPoints} with at most two decimals");
            good = false;
        }
        return good;
    }
}
