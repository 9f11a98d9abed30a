namespace Switch.Settlement.Terms;

/// <summary>
/// Which rule decides for every combination of method, scheme, region, funding and kind: one cell each, so that an
/// event finds its rule by arithmetic. The first rule whose conditions all hold has the cell.
/// </summary>
internal sealed class RuleCells
{
    /// <summary>In a cell that no rule is for.</summary>
    public const ushort None = ushort.MaxValue;

    private const int Methods = 6;
    private const int Regions = 3;
    private const int Fundings = 4;
    private const int Kinds = 2;

    private readonly ushort[] _cells;
    private readonly int _schemes;

    private RuleCells(ushort[] cells, int schemes)
    {
        _cells = cells;
        _schemes = schemes;
    }

    /// <summary>The rule of a combination.</summary>
    /// <param name="method">How the card was taken.</param>
    /// <param name="scheme">Place in the list of schemes; as many as there are for every other.</param>
    /// <param name="region">Where the card is from.</param>
    /// <param name="funding">What it is paid from.</param>
    /// <param name="isRefund">Money back, rather than a purchase.</param>
    public int this[CardMethod method, int scheme, CardRegion region, CardFunding funding, bool isRefund] =>
        _cells[Index((int)method, scheme, (int)region, (int)funding, isRefund ? 1 : 0)];

    /// <summary>Fills the cells.</summary>
    /// <param name="rules">In their order.</param>
    /// <param name="schemes">The schemes that rules may name.</param>
    /// <param name="unreachable">Rules whose every combination belongs to rules before them.</param>
    public static RuleCells Build(
        IReadOnlyList<TariffRule> rules, IReadOnlyList<string> schemes, out IReadOnlyList<int> unreachable)
    {
        var cells = new ushort[Methods * (schemes.Count + 1) * Regions * Fundings * Kinds];
        Array.Fill(cells, None);
        var built = new RuleCells(cells, schemes.Count + 1);
        var idle = new List<int>();
        for (var i = 0; i < rules.Count; i++)
            if (!built.Claim((ushort)i, rules[i].When, schemes)) idle.Add(i);
        unreachable = idle;
        return built;
    }

    /// <summary>Whether every combination has a rule.</summary>
    public bool IsComplete => Array.IndexOf(_cells, None) < 0;

    private bool Claim(ushort rule, RuleConditions when, IReadOnlyList<string> schemes)
    {
        var hasAny = false;
        for (var index = 0; index < _cells.Length; index++)
        {
            if (_cells[index] != None || !Holds(when, index, schemes)) continue;
            _cells[index] = rule;
            hasAny = true;
        }

        return hasAny;
    }

    private bool Holds(RuleConditions when, int index, IReadOnlyList<string> schemes)
    {
        var isRefund = index % Kinds == 1;
        index /= Kinds;
        var funding = (CardFunding)(index % Fundings);
        index /= Fundings;
        var region = (CardRegion)(index % Regions);
        index /= Regions;
        var scheme = index % _schemes;
        var method = (CardMethod)(index / _schemes);
        return (when.IsRefund is null || when.IsRefund == isRefund)
            && (when.Fundings is null || when.Fundings.Contains(funding))
            && (when.Regions is null || when.Regions.Contains(region))
            && (when.Schemes is null || (scheme < schemes.Count && when.Schemes.Contains(schemes[scheme])))
            && (when.Methods is null || when.Methods.Contains(method));
    }

    private int Index(int method, int scheme, int region, int funding, int kind) =>
        (((((((method * _schemes) + scheme) * Regions) + region) * Fundings) + funding) * Kinds) + kind;
}
