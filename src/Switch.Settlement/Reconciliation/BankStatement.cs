namespace Switch.Settlement.Reconciliation;

/// <summary>A movement on the bank account.</summary>
/// <param name="Line">Line of the file, from 1.</param>
/// <param name="Reference">The bank's own; may be empty.</param>
/// <param name="EndToEndId">The payout's id, or empty.</param>
/// <param name="BatchId">PmtInfId of a batch that the bank booked as one; else empty.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="AmountMinor">Minor units; money that came in is positive.</param>
/// <param name="BookingDate">When it was booked.</param>
/// <param name="Text">Who and what for; at most 500 characters.</param>
internal sealed record BankLine(
    long Line, string Reference, string EndToEndId, string BatchId, string Currency, long AmountMinor,
    DateOnly BookingDate, string Text);

/// <summary>What a bank says of its account.</summary>
/// <param name="Account">IBAN or number; of a CSV file what its mapping says, else the operator's.</param>
/// <param name="Lines">Booked movements.</param>
internal sealed record BankStatement(string Account, IReadOnlyList<BankLine> Lines);

/// <summary>Reads a bank's CSV statement by its mapping: whole or not at all.</summary>
internal static class BankCsvReader
{
    /// <summary>Reads the statement; a movement after tomorrow is refused.</summary>
    /// <param name="name">The file's name, for the faults.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="mapping">How it is to be read.</param>
    /// <param name="today">The business date of this moment.</param>
    /// <param name="account">Whose statement it is when the mapping does not say: as camt.053 would name it.</param>
    public static Imported<BankStatement> Read(
        string name, byte[] content, BankCsvMapping mapping, DateOnly today, string account)
    {
        var faults = new ImportFaults(name);
        var records = CsvImport.Records(content, mapping.Layout, faults);
        var money = new MoneyReader(mapping.Money);
        var control = new ControlCheck(content, mapping.Layout, mapping.Money, faults);
        var lines = new List<BankLine>(records.Count);
        foreach (var record in records)
        {
            if (CsvImport.Is(record, mapping.Layout, mapping.Layout.DetailRecord, faults))
            {
                if (!TryLine(record, mapping, money, today, faults, out var line)) continue;
                lines.Add(line);
                control.Add(line.Currency, line.AmountMinor);
            }
            else if (!CsvImport.Is(record, mapping.Layout, mapping.Layout.HeaderRecord, faults)
                && !mapping.Controls.Any(c => CsvImport.Is(record, mapping.Layout, c.Record, faults)))
            {
                faults.Add(record.Line, "the mapping does not know a record like this");
            }
        }

        if (!faults.Any) control.Check(records, mapping.Controls);
        return new Imported<BankStatement>(
            faults.Any ? null : new BankStatement(mapping.Account ?? account, lines), faults.List());
    }

    private static bool TryLine(
        CsvRecord record, BankCsvMapping mapping, MoneyReader money, DateOnly today, ImportFaults faults,
        out BankLine line)
    {
        line = null!;
        if (!record.TryGet(mapping.ReferenceColumn, faults, out var reference)
            || !record.TryGet(mapping.EndToEndColumn, faults, out var endToEnd)
            || !record.TryText(mapping.TextColumn, faults, out var text)
            || !AcquirerFileReader.TryDate(record, mapping.DateColumn, mapping.DateFormat, today, faults, out var date)
            || !money.TryRead(record, faults, out var currency, out var minor)) return false;
        line = new BankLine(
            record.Line, reference, BankText.EndToEndId(endToEnd), "", currency, minor, date, BankText.Of(text));
        return true;
    }
}

/// <summary>What banks write, the same whichever file it came in.</summary>
internal static class BankText
{
    /// <summary>
    /// One line without control characters, single spaces, cut at <see cref="ImportLimits.TextCharsMax"/>.
    /// </summary>
    public static string Of(string text)
    {
        var words = new string([.. text.Select(static c => char.IsControl(c) ? ' ' : c)])
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var line = string.Join(' ', words);
        if (line.Length <= ImportLimits.TextCharsMax) return line;
        // Half of a character is none, and PostgreSQL would refuse it.
        var end = char.IsHighSurrogate(line[ImportLimits.TextCharsMax - 1]) ? 1 : 0;
        return line[..(ImportLimits.TextCharsMax - end)].TrimEnd();
    }

    /// <summary>The id, or empty where the payer gave none.</summary>
    public static string EndToEndId(string id) => id == "NOTPROVIDED" ? "" : id;
}
