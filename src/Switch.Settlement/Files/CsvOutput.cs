using CsvHelper;

namespace Switch.Settlement.Files;

/// <summary>How every CSV file of settlement is written: UTF-8 without mark, comma, "\n", RFC 4180 quotes.</summary>
internal static class CsvOutput
{
    // Text that came from outside and begins with = + - @, tab or carriage return would run as a formula in a
    // spreadsheet: it gets an apostrophe in front and quotes around. Numbers are written as such and keep their minus.
    private static readonly CsvWriterOptions Options = new()
    {
        NewLine = "\n",
        Injection = CsvInjection.Escape,
        ValidateFieldCount = false,
    };

    /// <summary>A writer that leaves the stream open.</summary>
    public static CsvWriter Open(Stream stream) => CsvWriter.Create(stream, Options, leaveOpen: true);

    /// <summary>One record of texts.</summary>
    public static void Row(CsvWriter csv, params ReadOnlySpan<string> fields)
    {
        Fields(csv, fields);
        csv.EndRecord();
    }

    /// <summary>Fields of text; the record goes on.</summary>
    public static void Fields(CsvWriter csv, params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields) csv.WriteField(field);
    }

    /// <summary>A date as YYYY-MM-DD.</summary>
    public static string Text(DateOnly date) => date.ToString("yyyy-MM-dd", null);

    /// <summary>A time as 2026-01-31T08:15:30Z.</summary>
    public static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null);
}
