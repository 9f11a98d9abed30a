using System.Globalization;
using System.Text.Json;

namespace Switch.Iso8583;

/// <summary>
/// Reads a dialect document into a draft. Every fault is noted with its path; none ends the reading early.
/// </summary>
internal static class DialectReader
{
    private static readonly JsonDocumentOptions Options = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
    };

    private static readonly (string, FieldContent)[] Contents =
    [
        ("n", FieldContent.Numeric), ("an", FieldContent.AlphaNumeric), ("ans", FieldContent.Text),
        ("z", FieldContent.Track), ("b", FieldContent.Binary),
    ];

    private static readonly (string, FieldEncoding)[] Encodings =
    [
        ("ascii", FieldEncoding.Ascii), ("bcd", FieldEncoding.Bcd),
        ("binary", FieldEncoding.Binary), ("hex", FieldEncoding.Hex),
    ];

    private static readonly (string, FieldEncoding)[] DigitEncodings =
        [("ascii", FieldEncoding.Ascii), ("bcd", FieldEncoding.Bcd)];

    private static readonly (string, FieldLength)[] Lengths =
        [("fixed", FieldLength.Fixed), ("LLVAR", FieldLength.LlVar), ("LLLVAR", FieldLength.LllVar)];

    private static readonly (string, FieldPadding)[] Paddings =
        [("none", FieldPadding.None), ("zero-left", FieldPadding.ZeroLeft), ("space-right", FieldPadding.SpaceRight)];

    private static readonly (string, OddNibble)[] OddNibbles =
        [("zero-left", OddNibble.ZeroLeft), ("zero-right", OddNibble.ZeroRight), ("f-right", OddNibble.FRight)];

    private static readonly (string, Sensitivity)[] Sensitivities =
        [("none", Sensitivity.None), ("pan", Sensitivity.Pan), ("secret", Sensitivity.Secret)];

    private static readonly (string, BitmapEncoding)[] Bitmaps =
        [("hex", BitmapEncoding.Hex), ("binary", BitmapEncoding.Binary)];

    private static readonly (string, FrameHeader)[] Headers =
        [("ascii4", FrameHeader.Ascii4), ("binary2", FrameHeader.Binary2)];

    public static void Read(string json, DialectDraft draft)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            if (document.RootElement.ValueKind == JsonValueKind.Object) ReadRoot(document.RootElement, draft);
            else draft.Faults.Add("$: must be an object");
        }
        catch (JsonException fault)
        {
            draft.Faults.Add($"line {fault.LineNumber + 1}: no valid JSON: {fault.Message}");
        }
    }

    private static void ReadRoot(JsonElement root, DialectDraft draft)
    {
        // The base comes first, wherever the key stands, so that this document overrides it.
        if (root.TryGetProperty("extends", out var parent)) ReadBase(parent, draft);
        foreach (var property in root.EnumerateObject())
        {
            var value = property.Value;
            switch (property.Name)
            {
                case "extends": break;
                case "name": draft.Name = Text(value, "name", draft); break;
                case "frame": Each(value, "frame", draft, ReadFrame); break;
                case "mti": draft.Mti = OneOf(value, "mti", DigitEncodings, draft); break;
                case "bitmap": draft.Bitmap = OneOf(value, "bitmap", Bitmaps, draft); break;
                case "prefix": draft.Prefix = OneOf(value, "prefix", DigitEncodings, draft); break;
                case "encodings": Each(value, "encodings", draft, ReadEncoding); break;
                case "matchFields": draft.MatchFields = Numbers(value, "matchFields", draft); break;
                case "networkMatchFields": draft.NetworkMatchFields = Numbers(value, property.Name, draft); break;
                case "echoFields": draft.EchoFields = Numbers(value, "echoFields", draft); break;
                case "fields": Each(value, "fields", draft, ReadField); break;
                default: draft.Faults.Add($"{property.Name}: unknown key"); break;
            }
        }
    }

    private static void ReadBase(JsonElement parent, DialectDraft draft)
    {
        if (parent.ValueKind == JsonValueKind.String && parent.GetString() is "iso1987-ascii" or "iso1987-binary")
            Read(IsoDialect.ReadEmbedded(parent.GetString()!), draft);
        else
            draft.Faults.Add("extends: must be iso1987-ascii or iso1987-binary");
    }

    private static void ReadFrame(string name, JsonElement value, string path, DialectDraft draft)
    {
        switch (name)
        {
            case "header": draft.Header = OneOf(value, path, Headers, draft); break;
            case "maxBytes": draft.MaxFrameBytes = Number(value, path, draft); break;
            case "tpdu": draft.Tpdu = Tpdu(value, path, draft); break;
            default: draft.Faults.Add($"{path}: unknown key"); break;
        }
    }

    private static byte[] Tpdu(JsonElement value, string path, DialectDraft draft)
    {
        var text = Text(value, path, draft) ?? "";
        if (text.Length == 0) return [];
        if (text.Length == 2 * FrameFormat.TpduLength && text.AsSpan().IndexOfAnyExcept(HexDigits) < 0)
            return Convert.FromHexString(text);
        draft.Faults.Add($"{path}: must be empty or 10 hexadecimal digits");
        return [];
    }

    private static readonly System.Buffers.SearchValues<char> HexDigits =
        System.Buffers.SearchValues.Create("0123456789ABCDEFabcdef");

    private static void ReadEncoding(string name, JsonElement value, string path, DialectDraft draft)
    {
        if (Find(name, Contents) is not { } content)
            draft.Faults.Add($"{path}: unknown content; use {Names(Contents)}");
        else if (OneOf(value, path, Encodings, draft) is { } encoding)
            draft.Encodings[content] = encoding;
    }

    private static void ReadField(string name, JsonElement value, string path, DialectDraft draft)
    {
        if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number is < 2 or > IsoDialect.MaxField)
        {
            draft.Faults.Add($"{path}: field numbers go from 2 to {IsoDialect.MaxField}");
            return;
        }

        // Null takes a field of the base dialect away.
        if (value.ValueKind == JsonValueKind.Null) draft.Fields.Remove(number);
        else
        {
            if (!draft.Fields.ContainsKey(number)) draft.Fields[number] = new FieldDraft();
            Each(value, path, draft, ReadFieldKey);
        }
    }

    private static void ReadFieldKey(string name, JsonElement value, string path, DialectDraft draft)
    {
        var field = draft.Fields[int.Parse(path.Split('.')[1], CultureInfo.InvariantCulture)];
        switch (name)
        {
            case "name": field.Name = Text(value, path, draft); break;
            case "content": field.Content = OneOf(value, path, Contents, draft); break;
            case "encoding": field.Encoding = OneOf(value, path, Encodings, draft); break;
            case "length": field.Length = OneOf(value, path, Lengths, draft); break;
            case "prefix": field.Prefix = OneOf(value, path, DigitEncodings, draft); break;
            case "max": field.Max = Number(value, path, draft); break;
            case "padding": field.Padding = OneOf(value, path, Paddings, draft); break;
            case "odd": field.Odd = OneOf(value, path, OddNibbles, draft); break;
            case "sensitivity": field.Sensitivity = OneOf(value, path, Sensitivities, draft); break;
            default: draft.Faults.Add($"{path}: unknown key"); break;
        }
    }

    private static void Each(
        JsonElement value, string path, DialectDraft draft, Action<string, JsonElement, string, DialectDraft> read)
    {
        if (value.ValueKind != JsonValueKind.Object) draft.Faults.Add($"{path}: must be an object");
        else foreach (var property in value.EnumerateObject())
            read(property.Name, property.Value, $"{path}.{property.Name}", draft);
    }

    private static string? Text(JsonElement value, string path, DialectDraft draft)
    {
        if (value.ValueKind == JsonValueKind.String) return value.GetString();
        draft.Faults.Add($"{path}: must be a string");
        return null;
    }

    private static int? Number(JsonElement value, string path, DialectDraft draft)
    {
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)) return number;
        draft.Faults.Add($"{path}: must be a whole number");
        return null;
    }

    private static int[] Numbers(JsonElement value, string path, DialectDraft draft)
    {
        if (value.ValueKind == JsonValueKind.Array)
            return [.. value.EnumerateArray().Select(item => Number(item, path, draft) ?? 0)];
        draft.Faults.Add($"{path}: must be a list of field numbers");
        return [];
    }

    private static T? OneOf<T>(JsonElement value, string path, (string, T)[] names, DialectDraft draft) where T : struct
    {
        if (value.ValueKind == JsonValueKind.String && Find(value.GetString()!, names) is { } found) return found;
        draft.Faults.Add($"{path}: must be one of {Names(names)}");
        return null;
    }

    private static T? Find<T>(string text, (string Name, T Value)[] names) where T : struct
    {
        foreach (var (name, value) in names)
            if (name == text) return value;
        return null;
    }

    private static string Names<T>((string Name, T Value)[] names) =>
        string.Join(", ", names.Select(pair => pair.Name));
}
