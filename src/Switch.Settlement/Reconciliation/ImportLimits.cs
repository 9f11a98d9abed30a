namespace Switch.Settlement.Reconciliation;

/// <summary>Bounds of what is imported; docs/limits.md lists them.</summary>
internal static class ImportLimits
{
    /// <summary>Bytes of a file.</summary>
    public const int FileBytesMax = 256 * 1024 * 1024;

    /// <summary>Lines of a file, and entries of a bank statement.</summary>
    public const int LinesMax = 2_000_000;

    /// <summary>Bytes of one record of a CSV file.</summary>
    public const int RecordBytesMax = 64 * 1024;

    /// <summary>Characters of a field that is kept.</summary>
    public const int FieldCharsMax = 200;

    /// <summary>Minor units of an amount, either sign.</summary>
    public const long AmountMinorMax = Files.Currency.AmountMinorMax;

    /// <summary>
    /// Days beyond the tolerated ones that an import looks back for movements that no file has accounted for.
    /// </summary>
    public const int LookBackDays = 31;

    /// <summary>Characters of a bank movement's text that are kept.</summary>
    public const int TextCharsMax = 500;

    /// <summary>Faults that a refusal lists.</summary>
    public const int FaultsMax = 64;
}
