using System.Globalization;

namespace Switch.Simulator;

/// <summary>Changes the lines of an acquirer's file as the plan says.</summary>
internal sealed class DifferencePlanter
{
    private const int ShiftDaysMax = 2;
    private const int AmountOffSpread = 500;
    private const int ExtraAmountMax = 50_000;
    private static readonly string[] Currencies = ["978", "840", "756", "392"];
    private static readonly PlantedKind[] Kinds = Enum.GetValues<PlantedKind>();

    private readonly AcquirerFilePlan _plan;
    private readonly Random _random;

    public DifferencePlanter(AcquirerFilePlan plan)
    {
        _plan = plan;
        _random = new Random(plan.Seed);
    }

    /// <summary>Plants in the list, and tells what.</summary>
    public List<PlantedDifference> Plant(List<AcquirerMovement> movements)
    {
        var planted = new List<PlantedDifference>();
        var untouched = movements.GroupBy(static m => m.Rrn).Select(static g => g.Key).ToList();
        var rrns = new HashSet<string>(untouched);
        var extras = new List<string>();
        for (var i = 0; i < _plan.Differences; i++)
        {
            var kind = Kinds[_random.Next(Kinds.Length)];
            if (kind == PlantedKind.ExtraLine)
            {
                if (movements.Count == 0) continue;
                planted.Add(Extra(movements, rrns));
                extras.Add(planted[^1].Rrn);
                continue;
            }

            // A line that the ledger knows nothing of may be there twice as well.
            var isOfExtra = kind == PlantedKind.Duplicate && extras.Count > 0 && _random.Next(2) == 0;
            var from = isOfExtra ? extras : untouched;
            if (from.Count == 0) continue;
            var chosen = _random.Next(from.Count);
            var lines = movements.FindAll(m => m.Rrn == from[chosen]);
            from.RemoveAt(chosen);
            var line = lines[_random.Next(lines.Count)];
            Change(movements, movements.IndexOf(line), kind);
            planted.Add(new PlantedDifference(kind, line.Rrn, line.IsCredit));
        }

        return planted;
    }

    private void Change(List<AcquirerMovement> movements, int index, PlantedKind kind)
    {
        var line = movements[index];
        switch (kind)
        {
            case PlantedKind.MissingLine:
                movements.RemoveAt(index);
                break;
            case PlantedKind.AmountOff:
                var off = _plan.AmountOffMinor + _random.Next(AmountOffSpread);
                var isLess = _random.Next(2) == 0 && off < line.AmountMinor;
                movements[index] = line with { AmountMinor = line.AmountMinor + (isLess ? -off : off) };
                break;
            case PlantedKind.CurrencyOff:
                var others = Currencies.Where(c => c != line.Currency).ToArray();
                movements[index] = line with { Currency = others[_random.Next(others.Length)] };
                break;
            case PlantedKind.Duplicate:
                movements.Insert(_random.Next(index + 1, movements.Count + 1), line);
                break;
            case PlantedKind.ShiftedDate:
                var days = _random.Next(1, ShiftDaysMax + 1) * (_random.Next(2) == 0 ? -1 : 1);
                movements[index] = line with { BusinessDate = line.BusinessDate.AddDays(days) };
                break;
            default:
                throw new InvalidOperationException($"{kind} changes no line");
        }
    }

    private PlantedDifference Extra(List<AcquirerMovement> movements, HashSet<string> rrns)
    {
        string rrn;
        do
        {
            rrn = _random.NextInt64(1_000_000_000_000).ToString("D12", CultureInfo.InvariantCulture);
        }
        while (!rrns.Add(rrn));

        // Like a true line in all but its payment, so that nothing else gives it away.
        var line = movements[_random.Next(movements.Count)] with
        {
            Rrn = rrn,
            ApprovalCode = _random.Next(1_000_000).ToString("D6", CultureInfo.InvariantCulture),
            AmountMinor = _random.Next(1, ExtraAmountMax),
        };
        movements.Insert(_random.Next(movements.Count + 1), line);
        return new PlantedDifference(PlantedKind.ExtraLine, rrn, line.IsCredit);
    }
}
