namespace Switch.Settlement.Reconciliation;

/// <summary>What books, file and bank together say of a settlement date.</summary>
internal enum ThreeWayVerdict
{
    /// <summary>All three agree.</summary>
    Agree,

    /// <summary>The acquirer's file was not imported.</summary>
    NoFile,

    /// <summary>The bank has not shown the money, alone or with that of other dates.</summary>
    NoReceipt,

    /// <summary>File and bank agree on another sum than the books.</summary>
    BooksAlone,

    /// <summary>Books and bank agree on another sum than the file.</summary>
    FileAlone,

    /// <summary>Books and file agree on another sum than the bank.</summary>
    BankAlone,

    /// <summary>Each says something else.</summary>
    AllDiffer,
}

/// <summary>One acquirer, settlement date and currency, minor units; positive is owed to us.</summary>
/// <param name="Acquirer">Whose money.</param>
/// <param name="Date">The settlement date, which is the date of the file.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="BooksMinor">What the acquirer owes by the books, after what it keeps for itself.</param>
/// <param name="FileMinor">What it would be by the lines of its file, less what the books say that it keeps; null
/// without a file.</param>
/// <param name="BankMinor">What came in; null while nothing has. One receipt for several dates is shared out.</param>
internal sealed record ThreeWay(
    string Acquirer, DateOnly Date, string Currency, long BooksMinor, long? FileMinor, long? BankMinor)
{
    /// <summary>Which of the three stands alone.</summary>
    public ThreeWayVerdict Verdict => (FileMinor, BankMinor) switch
    {
        (null, _) => ThreeWayVerdict.NoFile,
        // Nobody pays nothing.
        (0, null) when BooksMinor == 0 => ThreeWayVerdict.Agree,
        (_, null) => ThreeWayVerdict.NoReceipt,
        var (file, bank) when file == BooksMinor && bank == BooksMinor => ThreeWayVerdict.Agree,
        var (file, bank) when file == bank => ThreeWayVerdict.BooksAlone,
        var (_, bank) when bank == BooksMinor => ThreeWayVerdict.FileAlone,
        var (file, _) when file == BooksMinor => ThreeWayVerdict.BankAlone,
        _ => ThreeWayVerdict.AllDiffer,
    };
}
