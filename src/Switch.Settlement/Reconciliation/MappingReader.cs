using System.Globalization;
using Switch.Settlement.Files;

namespace Switch.Settlement.Reconciliation;

/// <summary>Reads the mapping of a file from its section.</summary>
internal static class MappingReader
{
    private const string Details = "record";

    /// <summary>The mapping of an acquirer's file.</summary>
    public static AcquirerFileMapping Acquirer(MappingSection section)
    {
        var layout = Layout(section);
        var columns = section.Section("columns");
        if (columns is null) section.Fault("columns", "is missing");
        var mapping = new AcquirerFileMapping
        {
            Layout = layout,
            Money = Money(section, columns),
            RrnColumn = Column(columns, "rrn", layout),
            ApprovalColumn = Column(columns, "approval_code", layout),
            CardColumn = Column(columns, "card", layout),
            DateColumn = columns is null ? "" : Required(columns, "business_date", layout),
            HeaderDateColumn = section.Section("header") is { } header ? Ended(header, Column(header, "business_date", layout)) : null,
            DateFormat = DateFormat(section),
            Controls = Controls(section, layout),
            Match = ReconciliationTerms.Match(section, timingDays: 3),
        };
        columns?.EndKeys();
        section.EndKeys();
        return mapping;
    }

    /// <summary>The mapping of a bank's CSV file.</summary>
    public static BankCsvMapping Bank(MappingSection section)
    {
        var layout = Layout(section);
        var columns = section.Section("columns");
        if (columns is null) section.Fault("columns", "is missing");
        var mapping = new BankCsvMapping
        {
            Layout = layout,
            Money = Money(section, columns),
            ReferenceColumn = Column(columns, "reference", layout),
            EndToEndColumn = Column(columns, "end_to_end_id", layout),
            TextColumn = Column(columns, "text", layout),
            DateColumn = columns is null ? "" : Required(columns, "booking_date", layout),
            DateFormat = DateFormat(section),
            Controls = Controls(section, layout),
        };
        columns?.EndKeys();
        section.EndKeys();
        return mapping;
    }

    private static CsvLayout Layout(MappingSection section)
    {
        var records = section.Section("records");
        var layout = new CsvLayout
        {
            Encoding = section.Word("encoding", "utf-8", [.. CsvImport.Encodings]),
            Delimiter = section.Character("delimiter", ',')!.Value,
            HasNames = section.Flag("names", false),
            RecordColumn = records?.RequiredText("column"),
            DetailRecord = records?.RequiredText("detail") ?? "",
            HeaderRecord = records?.Text("header", "") ?? "",
        };
        records?.EndKeys();
        return layout;
    }

    private static MoneyMapping Money(MappingSection section, MappingSection? columns)
    {
        var layout = new CsvLayout { HasNames = section.Flag("names", false) };
        var sign = section.Section("sign");
        var mapping = new MoneyMapping
        {
            AmountColumn = columns is null ? "" : Required(columns, "amount", layout),
            CurrencyColumn = Column(columns, "currency", layout),
            Currency = section.Text("currency", ""),
            IsMinor = section.Word("amounts", "decimal", "decimal", "minor") == "minor",
            DecimalSeparator = section.Character("decimal_separator", '.')!.Value,
            GroupSeparator = section.Character("group_separator", null),
            SignColumn = sign is null ? null : Required(sign, "column", layout),
            Positive = sign?.Texts("positive") ?? [],
            Negative = sign?.Texts("negative") ?? [],
            IsInverted = section.Flag("inverted", false),
        };
        if (mapping.CurrencyColumn is null && !(Currency.TryFind(mapping.Currency, out var own) && own.Code == mapping.Currency))
            section.Fault("currency", "names the currency of ISO 4217 where the file has no column for it");
        if (sign is not null && (mapping.Positive.Count == 0 || mapping.Negative.Count == 0))
            sign.Fault("positive", "and negative say what stands in the column");
        if (mapping.DecimalSeparator == mapping.GroupSeparator)
            section.Fault("group_separator", "is the decimal separator as well");
        sign?.EndKeys();
        return mapping;
    }

    private static List<ControlMapping> Controls(MappingSection section, CsvLayout layout)
    {
        var controls = new List<ControlMapping>();
        foreach (var control in section.Sections("controls"))
        {
            if (layout.RecordColumn is null) control.Fault(Details, "needs the section records, which tells the records apart");
            controls.Add(new ControlMapping
            {
                Record = control.RequiredText(Details),
                CurrencyColumn = Column(control, "currency", layout),
                CountColumn = Column(control, "count", layout),
                SumColumn = Column(control, "sum", layout),
                DebitColumn = Column(control, "debit", layout),
                CreditColumn = Column(control, "credit", layout),
                Sha256Column = Column(control, "sha256", layout),
            });
            control.EndKeys();
        }

        return controls;
    }

    private static string DateFormat(MappingSection section)
    {
        var format = section.Text("date_format", "yyyy-MM-dd");
        var probe = new DateOnly(2026, 11, 23);
        string text;
        try
        {
            text = probe.ToString(format, CultureInfo.InvariantCulture);
        }
        catch (FormatException)
        {
            text = "";
        }

        if (!DateOnly.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var read) || read != probe)
            section.Fault("date_format", $"'{format}' does not tell year, month and day");
        return format;
    }

    private static string Required(MappingSection section, string key, CsvLayout layout)
    {
        if (Column(section, key, layout) is { } column) return column;
        if (!section.Has(key)) section.Fault(key, "is missing");
        return "";
    }

    private static string? Column(MappingSection? section, string key, CsvLayout layout)
    {
        if (section?.OptionalText(key) is not { } column) return null;
        var isNumber = int.TryParse(column, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        if (isNumber ? number < 1 : !layout.HasNames)
            section.Fault(key, $"'{column}' is no number of a column from 1, and the file names none (names: true)");
        return column;
    }

    private static T Ended<T>(MappingSection section, T value)
    {
        section.EndKeys();
        return value;
    }
}
