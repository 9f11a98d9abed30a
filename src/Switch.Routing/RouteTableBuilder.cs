namespace Switch.Routing;

/// <summary>Checks a configuration as a whole and, when nothing is wrong with it, makes a table of it.</summary>
public static class RouteTableBuilder
{
    /// <summary>Finds every fault at once, up to 1,000. Takes about a second for a million BIN ranges.</summary>
    /// <param name="config">The configuration as it was written.</param>
    /// <param name="version">Becomes <see cref="RouteTable.Version"/>.</param>
    /// <param name="acquirerOrder">
    /// When given, the table's acquirer indexes are the positions in this list, table after table, so that a caller can
    /// keep its links in an array; an acquirer of the configuration that is not in it is a fault, one that only the
    /// list knows is never a candidate. When null, the order is the configuration's.
    /// </param>
    /// <returns>Either a table or at least one fault.</returns>
    public static RouteBuildResult Build(
        RouteConfig config, long version, IReadOnlyList<string>? acquirerOrder = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        var faults = new FaultList();

        var schemes = new NameIndex("scheme", faults);
        string[] schemeNames = SchemeCompiler.Compile(config, schemes, faults);
        AcquirerSet acquirers = AcquirerCompiler.Compile(config, acquirerOrder, schemes, faults);
        List<BinSegment> cards = BinRangeCompiler.Compile(config, schemes, faults, out List<CardInfo> infos);
        var rules = new RuleCompiler(config, schemes, acquirers, faults);
        CompiledRule[] compiled = rules.CompileRules();
        CompiledCandidates? fallback = rules.CompileFallback();
        ShadowCheck.Check(compiled, faults);

        if (faults.Count > 0 || fallback is null) return new RouteBuildResult(null, faults.ToSortedList());

        RuleRows rows = RuleRows.Build(compiled, schemeNames.Length);
        var parts = new RouteTableParts
        {
            Version = version,
            AcquirerNames = acquirers.Names,
            SchemeNames = schemeNames,
            BinRangeCount = config.BinRanges.Count,
            Rules = compiled,
            Fallback = fallback,
            Bins = rows.MakeBinIndex(cards, infos),
            Matrix = new RuleMatrix(rows.Parts),
            Fees = new FeeTable(schemeNames.Length + 1, acquirers.Fees),
            AcquirersByCurrency = acquirers.ByCurrency,
        };
        return new RouteBuildResult(new RouteTable(parts), []);
    }
}

/// <summary>What became of a configuration.</summary>
public sealed class RouteBuildResult
{
    internal RouteBuildResult(RouteTable? table, IReadOnlyList<RouteFault> faults)
    {
        Table = table;
        Faults = faults;
    }

    /// <summary>The table, or null when there are faults.</summary>
    public RouteTable? Table { get; }

    /// <summary>By file and line; empty when there is a table.</summary>
    public IReadOnlyList<RouteFault> Faults { get; }
}
