using System.Globalization;
using Switch.Settlement.Terms;

namespace Switch.Settlement.Reconciliation;

/// <summary>Reads the mapping of a file from its section.</summary>
internal static class MappingReader
{
    private const int ControlsMax = 16;
    private const int WordsMax = 16;
    private const string Record = "record";
    private static readonly TryRead<bool> Flag = TermsText.Word(("true", true), ("false", false));

    /// <summary>The mapping of an acquirer's file.</summary>
    public static AcquirerFileMapping Acquirer(TermsSection section, MatchTerms match)
    {
        var layout = Layout(section);
        var columns = section.Section("columns", isRequired: true);
        var header = section.Section("header");
        var mapping = new AcquirerFileMapping
        {
            Layout = layout,
            Money = Money(section, columns, layout),
            RrnColumn = Column(columns, "rrn", layout),
            ApprovalColumn = Column(columns, "approval_code", layout),
            CardColumn = Column(columns, "card", layout),
            DateColumn = Required(columns, "business_date", layout),
            HeaderDateColumn = Column(header, "business_date", layout),
            DateFormat = section.Value("date_format", DateFormat, "a format with year, month and day", "yyyy-MM-dd"),
            Controls = Controls(section, layout),
            Match = match,
        };
        columns?.Close();
        header?.Close();
        return mapping;
    }

    /// <summary>The mapping of a bank's CSV file; closes its section.</summary>
    public static BankCsvMapping Bank(TermsSection section)
    {
        var layout = Layout(section);
        var columns = section.Section("columns", isRequired: true);
        var mapping = new BankCsvMapping
        {
            Layout = layout,
            Money = Money(section, columns, layout),
            Account = section.TryTake(
                "account", (TryRead<string>)Account, "an IBAN, or an account number of 1 to 34 characters",
                out var account)
                ? account
                : null,
            ReferenceColumn = Column(columns, "reference", layout),
            EndToEndColumn = Column(columns, "end_to_end_id", layout),
            TextColumn = Column(columns, "text", layout),
            DateColumn = Required(columns, "booking_date", layout),
            DateFormat = section.Value("date_format", DateFormat, "a format with year, month and day", "yyyy-MM-dd"),
            Controls = Controls(section, layout),
        };
        columns?.Close();
        section.Close();
        return mapping;
    }

    private static CsvLayout Layout(TermsSection section)
    {
        var layout = new CsvLayout
        {
            Encoding = section.Value(
                "encoding", TermsText.OneOf(CsvImport.Encodings), string.Join(", ", CsvImport.Encodings), "utf-8"),
            Delimiter = section.Value("delimiter", Character, "one ASCII character, or tab", ','),
            HasNames = section.Value("names", Flag, "true or false", false),
        };
        if (section.Section("records") is not { } records) return layout;
        layout = layout with
        {
            RecordColumn = Required(records, "column", layout),
            DetailRecord = records.Required("detail", TermsText.Line, TermsText.TextForm, ""),
            HeaderRecord = records.Value("header", TermsText.Line, TermsText.TextForm, ""),
        };
        records.Close();
        return layout;
    }

    private static MoneyMapping Money(TermsSection section, TermsSection? columns, CsvLayout layout)
    {
        var sign = section.Section("sign");
        var mapping = new MoneyMapping
        {
            AmountColumn = Required(columns, "amount", layout),
            CurrencyColumn = Column(columns, "currency", layout),
            Currency = section.Value("currency", TermsText.Currency, TermsText.CurrencyForm, ""),
            IsMinor = section.Value(
                "amounts", TermsText.Word(("decimal", false), ("minor", true)), "decimal or minor", false),
            DecimalSeparator = section.Value("decimal_separator", Character, "one ASCII character", '.'),
            GroupSeparator = section.TryTake(
                "group_separator", (TryRead<char>)Character, "one ASCII character", out var group)
                ? group
                : null,
            SignColumn = sign is null ? null : Required(sign, "column", layout),
            Positive = sign?.List("positive", (TryRead<string>)TermsText.Line, TermsText.TextForm, WordsMax) ?? [],
            Negative = sign?.List("negative", (TryRead<string>)TermsText.Line, TermsText.TextForm, WordsMax) ?? [],
            IsInverted = section.Value("inverted", Flag, "true or false", false),
        };
        if (mapping.CurrencyColumn is null && mapping.Currency.Length == 0)
            section.Fault("the file has no column 'currency', so that 'currency' has to name it");
        if (sign is not null && (mapping.Positive.Count == 0 || mapping.Negative.Count == 0))
            sign.Fault("'positive' and 'negative' say what stands in the column");
        if (mapping.DecimalSeparator == mapping.GroupSeparator)
            section.Fault("'group_separator' is the decimal separator as well");
        sign?.Close();
        return mapping;
    }

    private static List<ControlMapping> Controls(TermsSection section, CsvLayout layout)
    {
        var controls = new List<ControlMapping>();
        foreach (var control in section.Sections("controls", ControlsMax))
        {
            if (layout.RecordColumn is null) control.Fault("'records' has to say how records are told apart");
            controls.Add(new ControlMapping
            {
                Record = control.Required(Record, TermsText.Line, TermsText.TextForm, ""),
                CurrencyColumn = Column(control, "currency", layout),
                CountColumn = Column(control, "count", layout),
                SumColumn = Column(control, "sum", layout),
                DebitColumn = Column(control, "debit", layout),
                CreditColumn = Column(control, "credit", layout),
                Sha256Column = Column(control, "sha256", layout),
            });
            control.Close();
        }

        return controls;
    }

    private static string Required(TermsSection? section, string key, CsvLayout layout)
    {
        section?.Require(key);
        return Column(section, key, layout) ?? "";
    }

    private static string? Column(TermsSection? section, string key, CsvLayout layout)
    {
        var (read, form) = layout.HasNames
            ? ((TryRead<string>)TermsText.Line, "the name of a column, or its number from 1")
            : (ColumnNumber, "the number of a column from 1 (the file names none: see 'names')");
        return section is not null && section.TryTake(key, read, form, out var column) ? column : null;
    }

    private static bool ColumnNumber(string text, out string column)
    {
        column = text;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0;
    }

    private static bool Character(string text, out char character)
    {
        character = text switch { "tab" => '\t', [var only] => only, _ => '\0' };
        return character != '\0' && char.IsAscii(character);
    }

    private static bool Account(string text, out string account) =>
        TermsText.Iban(text, out account) || TermsText.Account(text, out account);

    private static bool DateFormat(string text, out string format)
    {
        format = text;
        try
        {
            // Two years: a format without one would read as of this year.
            return Keeps(text, new DateOnly(2026, 11, 23)) && Keeps(text, new DateOnly(2031, 4, 25));
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static bool Keeps(string format, DateOnly date) =>
        DateOnly.TryParseExact(
            date.ToString(format, CultureInfo.InvariantCulture), format, CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var read) && read == date;
}
