using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CsvHelper;

namespace Switch.Settlement.Reconciliation;

/// <summary>One record of a CSV file with its line.</summary>
internal sealed class CsvRecord
{
    private readonly string[] _fields;
    private readonly IReadOnlyDictionary<string, int> _names;

    public CsvRecord(long line, string[] fields, IReadOnlyDictionary<string, int> names)
    {
        Line = line;
        _fields = fields;
        _names = names;
    }

    /// <summary>The line in the file, from 1.</summary>
    public long Line { get; }

    /// <summary>A field without spaces around; false, and a fault, when the record has no such field.</summary>
    public bool TryGet(string? column, ImportFaults faults, out string value)
    {
        if (!TryText(column, faults, out value)) return false;
        if (value.Length <= ImportLimits.FieldCharsMax && !value.Any(char.IsControl)) return true;
        faults.Add(Line, $"column '{column}' has more than {ImportLimits.FieldCharsMax} or control characters");
        return false;
    }

    /// <summary>A field of any length and of any characters, for what is cut.</summary>
    public bool TryText(string? column, ImportFaults faults, out string value)
    {
        value = "";
        if (column is null) return true;
        var index = int.TryParse(column, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number - 1
            : _names.GetValueOrDefault(column, -1);
        if (index < 0 || index >= _fields.Length)
        {
            faults.Add(Line, $"there is no column '{column}'; the record has {_fields.Length} fields");
            return false;
        }

        value = _fields[index].Trim();
        return true;
    }
}

/// <summary>Reads the records of a CSV file, and holds it against its control records.</summary>
internal static class CsvImport
{
    private static readonly Dictionary<string, int> NoNames = [];

    /// <summary>Names of the encodings that a mapping may give.</summary>
    public static IReadOnlyList<string> Encodings { get; } = ["utf-8", "iso-8859-1", "windows-1252"];

    /// <summary>Every record in order; faults say what could not be read.</summary>
    public static List<CsvRecord> Records(byte[] content, CsvLayout layout, ImportFaults faults)
    {
        var records = new List<CsvRecord>();
        if (content.Length > ImportLimits.FileBytesMax)
        {
            faults.Add(0, $"the file has more than {ImportLimits.FileBytesMax} bytes");
            return records;
        }

        if (!TryDecode(content, layout.Encoding, faults, out var text)) return records;
        var options = new CsvReaderOptions
        {
            Separator = layout.Delimiter,
            HasHeader = false,
            TrackLineNumbers = true,
            MalformedData = CsvMalformedDataHandling.Throw,
            MaxRecordSize = ImportLimits.RecordBytesMax,
            DetectSeparatorHint = false,
        };
        try
        {
            using var csv = CsvReader.Create(text, options);
            Take(csv, layout, records, faults);
        }
        catch (CsvFormatException e)
        {
            faults.Add(e.LineNumber, $"not a CSV record: {e.Message}");
        }

        return records;
    }

    /// <summary>Whether a record is of a kind: details, header or a control record.</summary>
    public static bool Is(CsvRecord record, CsvLayout layout, string kind, ImportFaults faults) =>
        layout.RecordColumn is null
            ? kind == layout.DetailRecord
            : record.TryGet(layout.RecordColumn, faults, out var value) && value == kind && kind.Length > 0;

    /// <summary>SHA-256 of every byte before a line, lower-case hexadecimal digits.</summary>
    public static string DigestBefore(byte[] content, long line)
    {
        var end = 0;
        for (var at = 1L; at < line; at++)
        {
            var feed = content.AsSpan(end).IndexOf((byte)'\n');
            if (feed < 0) break;
            end += feed + 1;
        }

        return Convert.ToHexStringLower(SHA256.HashData(content.AsSpan(0, end)));
    }

    private static void Take(CsvReader csv, CsvLayout layout, List<CsvRecord> records, ImportFaults faults)
    {
        var names = NoNames;
        while (csv.Read())
        {
            var fields = new string[csv.FieldCount];
            for (var i = 0; i < fields.Length; i++) fields[i] = csv.GetString(i);
            if (layout.HasNames && ReferenceEquals(names, NoNames))
            {
                names = NamesOf(fields, csv.LineNumber, faults);
                continue;
            }

            if (records.Count >= ImportLimits.LinesMax)
            {
                faults.Add(csv.LineNumber, $"the file has more than {ImportLimits.LinesMax} records");
                return;
            }

            records.Add(new CsvRecord(csv.LineNumber, fields, names));
        }
    }

    private static Dictionary<string, int> NamesOf(string[] fields, long line, ImportFaults faults)
    {
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < fields.Length; i++)
        {
            if (!names.TryAdd(fields[i].Trim(), i)) faults.Add(line, $"the column '{fields[i].Trim()}' is named twice");
        }

        return names;
    }

    private static bool TryDecode(byte[] content, string name, ImportFaults faults, out byte[] utf8)
    {
        utf8 = content;
        var encoding = name switch
        {
            "utf-8" => new UTF8Encoding(false, throwOnInvalidBytes: true),
            "iso-8859-1" => Encoding.Latin1,
            _ => CodePagesEncodingProvider.Instance.GetEncoding(
                name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!,
        };
        try
        {
            var text = encoding.GetString(content);
            if (name != "utf-8") utf8 = Encoding.UTF8.GetBytes(text);
        }
        catch (DecoderFallbackException e)
        {
            faults.Add(LineOf(content, e.Index), $"not {name}: the bytes at {e.Index} are no character");
            return false;
        }

        return true;
    }

    private static long LineOf(byte[] content, int offset) =>
        content.AsSpan(0, Math.Clamp(offset, 0, content.Length)).Count((byte)'\n') + 1L;
}
