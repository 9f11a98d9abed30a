namespace Switch.Settlement.Reconciliation;

/// <summary>How the lines of a CSV file stand.</summary>
internal sealed record CsvLayout
{
    /// <summary>"utf-8", "iso-8859-1" or "windows-1252".</summary>
    public string Encoding { get; init; } = "utf-8";

    /// <summary>An ASCII character.</summary>
    public char Delimiter { get; init; } = ',';

    /// <summary>Whether the first record names the columns.</summary>
    public bool HasNames { get; init; }

    /// <summary>The column that tells what a record is; null when every record is a detail.</summary>
    public string? RecordColumn { get; init; }

    /// <summary>What stands there on details.</summary>
    public string DetailRecord { get; init; } = "";

    /// <summary>What stands there on the header; empty when there is none.</summary>
    public string HeaderRecord { get; init; } = "";
}

/// <summary>Where the money of a record stands. Columns are names, or numbers from 1.</summary>
internal sealed record MoneyMapping
{
    /// <summary>The column of the amount.</summary>
    public required string AmountColumn { get; init; }

    /// <summary>Whether amounts are whole minor units; else they are decimals of the major unit.</summary>
    public bool IsMinor { get; init; }

    /// <summary>Between the major unit and its decimals.</summary>
    public char DecimalSeparator { get; init; } = '.';

    /// <summary>Between thousands; none when null.</summary>
    public char? GroupSeparator { get; init; }

    /// <summary>The column that tells the way of the money; null when the amount has a sign of its own.</summary>
    public string? SignColumn { get; init; }

    /// <summary>What stands there when the amount is taken as positive.</summary>
    public IReadOnlyList<string> Positive { get; init; } = [];

    /// <summary>What stands there when it is taken as negative.</summary>
    public IReadOnlyList<string> Negative { get; init; } = [];

    /// <summary>Whether the file's signs are the other way round than ours.</summary>
    public bool IsInverted { get; init; }

    /// <summary>The column of the currency, in letters or digits; null when the file has one only.</summary>
    public string? CurrencyColumn { get; init; }

    /// <summary>The currency where there is no column.</summary>
    public string Currency { get; init; } = "";
}

/// <summary>A record that checks the file. Columns are names, or numbers from 1; null is not checked.</summary>
internal sealed record ControlMapping
{
    /// <summary>What stands in the record column.</summary>
    public required string Record { get; init; }

    /// <summary>The currency that the totals are of; null is all together.</summary>
    public string? CurrencyColumn { get; init; }

    /// <summary>Number of details.</summary>
    public string? CountColumn { get; init; }

    /// <summary>Sum of amounts with their signs, in the unit of the amounts.</summary>
    public string? SumColumn { get; init; }

    /// <summary>Sum of positive amounts.</summary>
    public string? DebitColumn { get; init; }

    /// <summary>Sum of negative amounts, without sign.</summary>
    public string? CreditColumn { get; init; }

    /// <summary>SHA-256 of every byte before this record, in hexadecimal digits.</summary>
    public string? Sha256Column { get; init; }
}

/// <summary>How an acquirer's file is read. Columns are names, or numbers from 1; null is not there.</summary>
internal sealed record AcquirerFileMapping
{
    /// <summary>How the lines stand.</summary>
    public required CsvLayout Layout { get; init; }

    /// <summary>Where the money stands; positive is a debit of the cardholder.</summary>
    public required MoneyMapping Money { get; init; }

    /// <summary>DE 37.</summary>
    public string? RrnColumn { get; init; }

    /// <summary>DE 38.</summary>
    public string? ApprovalColumn { get; init; }

    /// <summary>The card: its last four characters are taken.</summary>
    public string? CardColumn { get; init; }

    /// <summary>The business date of a line.</summary>
    public required string DateColumn { get; init; }

    /// <summary>The business date of the file, in its header; null when the caller has to say it.</summary>
    public string? HeaderDateColumn { get; init; }

    /// <summary>How dates are written, for example "yyyyMMdd".</summary>
    public string DateFormat { get; init; } = "yyyy-MM-dd";

    /// <summary>What checks the file.</summary>
    public IReadOnlyList<ControlMapping> Controls { get; init; } = [];

    /// <summary>What is tolerated.</summary>
    public MatchTerms Match { get; init; } = new();
}

/// <summary>How a bank's CSV statement is read. Columns are names, or numbers from 1; null is not there.</summary>
internal sealed record BankCsvMapping
{
    /// <summary>How the lines stand.</summary>
    public required CsvLayout Layout { get; init; }

    /// <summary>Where the money stands; positive is money that came in.</summary>
    public required MoneyMapping Money { get; init; }

    /// <summary>The account as camt.053 names it; null when it is the operator's of the terms.</summary>
    public string? Account { get; init; }

    /// <summary>The bank's own reference.</summary>
    public string? ReferenceColumn { get; init; }

    /// <summary>EndToEndId: the payout's id.</summary>
    public string? EndToEndColumn { get; init; }

    /// <summary>When it was booked.</summary>
    public required string DateColumn { get; init; }

    /// <summary>How dates are written.</summary>
    public string DateFormat { get; init; } = "yyyy-MM-dd";

    /// <summary>Who paid or was paid, and what for.</summary>
    public string? TextColumn { get; init; }

    /// <summary>What checks the file.</summary>
    public IReadOnlyList<ControlMapping> Controls { get; init; } = [];
}
