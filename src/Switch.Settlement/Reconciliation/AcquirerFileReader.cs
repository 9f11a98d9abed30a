using System.Globalization;

namespace Switch.Settlement.Reconciliation;

/// <summary>An acquirer's file of one business date.</summary>
/// <param name="BusinessDate">The date that the file covers.</param>
/// <param name="Lines">Its details.</param>
internal sealed record AcquirerImport(DateOnly BusinessDate, IReadOnlyList<SettledLine> Lines);

/// <summary>Reads an acquirer's file by its mapping: whole or not at all.</summary>
internal static class AcquirerFileReader
{
    private const int LastDigits = 4;

    /// <summary>Reads the file.</summary>
    /// <param name="name">Its name, for the faults.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="mapping">How it is to be read.</param>
    /// <param name="date">The business date that it covers; null when its header says so.</param>
    /// <param name="today">Lines of a later date than tomorrow's are refused.</param>
    public static Imported<AcquirerImport> Read(
        string name, byte[] content, AcquirerFileMapping mapping, DateOnly? date, DateOnly today)
    {
        var faults = new ImportFaults(name);
        var records = CsvImport.Records(content, mapping.Layout, faults);
        var money = new MoneyReader(mapping.Money);
        var control = new ControlCheck(content, mapping.Layout, mapping.Money, faults);
        var lines = new List<SettledLine>(records.Count);
        var covered = date;
        var isOfHeader = false;
        if (date is { } future) IsPossible(future, today, 0, faults);
        foreach (var record in records)
        {
            if (CsvImport.Is(record, mapping.Layout, mapping.Layout.DetailRecord, faults))
            {
                if (!TryLine(record, mapping, money, today, faults, out var line)) continue;
                lines.Add(line);
                control.Add(line.Currency, line.AmountMinor);
            }
            else if (CsvImport.Is(record, mapping.Layout, mapping.Layout.HeaderRecord, faults))
            {
                if (mapping.HeaderDateColumn is null
                    || !TryDate(record, mapping.HeaderDateColumn, mapping.DateFormat, today, faults, out var told))
                    continue;
                if (covered is { } asked && asked != told)
                    faults.Add(record.Line, $"the file is of {told:yyyy-MM-dd}, not of {asked:yyyy-MM-dd}");
                (covered, isOfHeader) = (told, true);
            }
            else if (!mapping.Controls.Any(c => CsvImport.Is(record, mapping.Layout, c.Record, faults)))
            {
                faults.Add(record.Line, "the mapping does not know a record like this");
            }
        }

        // A line that could not be read would make every total wrong as well.
        if (!faults.Any) control.Check(records, mapping.Controls);
        foreach (var of in lines.GroupBy(static line => line.Currency))
        {
            if (Int128.Abs(of.Aggregate(Int128.Zero, static (sum, line) => sum + line.AmountMinor)) > long.MaxValue)
                faults.Add(0, $"the lines of {of.Key} add up to more than can be kept");
        }

        if (!faults.Any)
        {
            // After days off a file may have older lines only: as old as an import looks back.
            var timing = mapping.Match.TimingDays;
            CheckCovered(covered, lines, timing + (isOfHeader ? ImportLimits.LookBackDays : 0), timing, faults);
        }

        return new Imported<AcquirerImport>(
            faults.Any ? null : new AcquirerImport(covered!.Value, lines), faults.List());
    }

    /// <summary>Reads a date; false with a fault when there is none, or when it is in the future.</summary>
    public static bool TryDate(
        CsvRecord record, string column, string format, DateOnly today, ImportFaults faults, out DateOnly date)
    {
        date = default;
        if (!record.TryGet(column, faults, out var text)) return false;
        if (!DateOnly.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out date))
        {
            faults.Add(record.Line, $"'{ImportFaults.Masked(text)}' is no date like {format}");
            return false;
        }

        return IsPossible(date, today, record.Line, faults);
    }

    private static bool IsPossible(DateOnly date, DateOnly today, long line, ImportFaults faults)
    {
        // A file from east of here may be of tomorrow.
        if (date.DayNumber <= today.DayNumber + 1) return true;
        faults.Add(line, $"the date {date:yyyy-MM-dd} is in the future");
        return false;
    }

    // Above all a date that was mistyped: the file could not be imported again with the right one.
    private static void CheckCovered(
        DateOnly? covered, List<SettledLine> lines, int olderMax, int newerMax, ImportFaults faults)
    {
        if (covered is not { } date)
            faults.Add(0, "nothing says which business date the file covers: its header has no column for it");
        else if (lines.Count > 0
            && !lines.Exists(line => line.BusinessDate.DayNumber >= date.DayNumber - olderMax
                && line.BusinessDate.DayNumber <= date.DayNumber + newerMax))
        {
            faults.Add(
                0,
                $"no line is from {olderMax} days before to {newerMax} after {date:yyyy-MM-dd}, which the file is to "
                + "cover");
        }
    }

    private static bool TryLine(
        CsvRecord record, AcquirerFileMapping mapping, MoneyReader money, DateOnly today, ImportFaults faults,
        out SettledLine line)
    {
        line = null!;
        if (!record.TryGet(mapping.RrnColumn, faults, out var rrn)
            || !record.TryGet(mapping.ApprovalColumn, faults, out var approval)
            || !record.TryGet(mapping.CardColumn, faults, out var card)
            || !TryDate(record, mapping.DateColumn, mapping.DateFormat, today, faults, out var date)
            || !money.TryRead(record, faults, out var currency, out var minor)) return false;
        // Only what may be kept of a card, whatever the file holds.
        var lastFour = card.Length > LastDigits ? card[^LastDigits..] : card;
        if (rrn.Length == 0 && lastFour.Length == 0)
        {
            faults.Add(record.Line, "neither a retrieval reference number nor a card: nothing can match it");
            return false;
        }

        line = new SettledLine(record.Line, rrn, approval, lastFour, currency, minor, date);
        return true;
    }
}
