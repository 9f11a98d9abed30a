namespace Switch.Iso8583;

/// <summary>
/// Checks a draft as a whole and turns it into a dialect; notes every fault and yields nothing if there is one.
/// </summary>
internal static class DialectBuilder
{
    /// <summary>
    /// A match key holds each field's bytes behind a length byte; this bounds what an exchange stores.
    /// </summary>
    public const int MaxKeyBytes = 96;

    private const int MinFrameBytes = 32;

    public static IsoDialect? Build(DialectDraft draft)
    {
        var faults = draft.Faults;
        Require(draft.Name, "name", faults);
        Require(draft.Header, "frame.header", faults);
        Require(draft.MaxFrameBytes, "frame.maxBytes", faults);
        Require(draft.Mti, "mti", faults);
        Require(draft.Bitmap, "bitmap", faults);
        if (draft.MaxFrameBytes is { } max)
        {
            var most = draft.Header == FrameHeader.Ascii4 ? 9999 : 65535;
            if (max < MinFrameBytes || max > most) faults.Add($"frame.maxBytes: must be {MinFrameBytes} to {most}");
        }

        var fields = new IsoField?[IsoDialect.MaxField + 1];
        if (draft.Fields.Count == 0) faults.Add("fields: none defined");
        foreach (var (number, field) in draft.Fields) fields[number] = BuildField(number, field, draft);
        CheckKey(draft.MatchFields, "matchFields", fields, faults);
        CheckKey(draft.NetworkMatchFields, "networkMatchFields", fields, faults);
        CheckList(draft.EchoFields, "echoFields", fields, faults);
        if (faults.Count > 0) return null;

        var frame = new FrameFormat(draft.Header!.Value, draft.Tpdu, draft.MaxFrameBytes!.Value);
        return new IsoDialect(
            draft.Name!, frame, fields, draft.MatchFields, draft.NetworkMatchFields, draft.EchoFields)
        {
            MtiEncoding = draft.Mti!.Value,
            Bitmap = draft.Bitmap!.Value,
        };
    }

    private static IsoField? BuildField(int number, FieldDraft draft, DialectDraft dialect)
    {
        var path = $"fields.{number}";
        var faults = dialect.Faults;
        var before = faults.Count;
        var length = draft.Length ?? FieldLength.Fixed;
        if (draft.Content is not { } content)
        {
            faults.Add($"{path}.content: missing");
            return null;
        }

        var encoding = draft.Encoding
            ?? (dialect.Encodings.TryGetValue(content, out var known) ? known : DefaultEncoding(content));
        if (!Allowed(content, encoding)) faults.Add($"{path}.encoding: content and encoding do not go together");
        CheckMax(draft.Max, length, path, faults);
        var padding = draft.Padding ?? DefaultPadding(content, length);
        if (padding != FieldPadding.None && length != FieldLength.Fixed)
            faults.Add($"{path}.padding: only a fixed field is padded");
        if (padding == FieldPadding.SpaceRight && content is not (FieldContent.AlphaNumeric or FieldContent.Text))
            faults.Add($"{path}.padding: spaces are no content of this field");
        if (padding == FieldPadding.ZeroLeft && content is FieldContent.Binary or FieldContent.Track)
            faults.Add($"{path}.padding: {(content == FieldContent.Binary ? "bytes" : "track data")} are never padded");
        if (length != FieldLength.Fixed && (draft.Prefix ?? dialect.Prefix) is null)
            faults.Add($"{path}.prefix: missing, and the dialect has no default");
        if (faults.Count > before) return null;

        return new IsoField(number, draft.Name ?? $"Field {number}", content, encoding, length, draft.Max!.Value)
        {
            Prefix = draft.Prefix ?? dialect.Prefix ?? FieldEncoding.Ascii,
            Padding = padding,
            Odd = draft.Odd ?? (content == FieldContent.Track ? OddNibble.FRight : OddNibble.ZeroLeft),
            Sensitivity = draft.Sensitivity ?? Sensitivity.None,
        };
    }

    private static void CheckMax(int? max, FieldLength length, string path, List<string> faults)
    {
        var most = length == FieldLength.LlVar ? 99 : 999;
        if (max is null) faults.Add($"{path}.max: missing");
        else if (max < 1 || max > most) faults.Add($"{path}.max: must be 1 to {most}");
    }

    private static bool Allowed(FieldContent content, FieldEncoding encoding) => content switch
    {
        FieldContent.Numeric or FieldContent.Track => encoding is FieldEncoding.Ascii or FieldEncoding.Bcd,
        FieldContent.Binary => encoding is FieldEncoding.Binary or FieldEncoding.Hex,
        _ => encoding == FieldEncoding.Ascii,
    };

    private static FieldEncoding DefaultEncoding(FieldContent content) =>
        content == FieldContent.Binary ? FieldEncoding.Binary : FieldEncoding.Ascii;

    private static FieldPadding DefaultPadding(FieldContent content, FieldLength length) => (length, content) switch
    {
        (FieldLength.Fixed, FieldContent.Numeric) => FieldPadding.ZeroLeft,
        (FieldLength.Fixed, FieldContent.AlphaNumeric or FieldContent.Text) => FieldPadding.SpaceRight,
        _ => FieldPadding.None,
    };

    private static void CheckKey(int[] numbers, string path, IsoField?[] fields, List<string> faults)
    {
        if (numbers.Length == 0) faults.Add($"{path}: at least one field must tie a reply to its request");
        CheckList(numbers, path, fields, faults);
        var bytes = 1;
        foreach (var number in numbers)
        {
            if ((uint)number <= IsoDialect.MaxField && fields[number] is { } field)
                bytes += 1 + field.WireBytes(field.MaxLength);
        }
        if (bytes > MaxKeyBytes) faults.Add($"{path}: the key takes {bytes} bytes, {MaxKeyBytes} at most");
    }

    private static void CheckList(int[] numbers, string path, IsoField?[] fields, List<string> faults)
    {
        var last = 0;
        foreach (var number in numbers)
        {
            if (number is < 2 or > IsoDialect.MaxField || fields[number] is null)
                faults.Add($"{path}: field {number} is not defined");
            if (number <= last) faults.Add($"{path}: numbers must ascend, {number} follows {last}");
            last = number;
        }
    }

    private static void Require<T>(T? value, string path, List<string> faults)
    {
        // A value of the wrong kind has its own fault already; a second one for the same path would only repeat it.
        if (value is null && !faults.Exists(fault => fault.StartsWith(path + ":", StringComparison.Ordinal)))
            faults.Add($"{path}: missing");
    }
}
