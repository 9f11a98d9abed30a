using System.Text.Json;
using Switch.Contracts.V1;

namespace Switch.Service.ResponseCodes;

/// <summary>
/// Reads a table of response codes from JSON and accepts no guess: a key that is misspelt or given twice would leave a
/// code with a meaning that nobody chose.
/// </summary>
internal sealed class ResponseCodeFile
{
    private const int TerminalTextLengthMax = 40;

    private static readonly string[] KeysOfTable = ["codes", "unknown"];
    private static readonly string[] KeysOfCode = ["outcome", "text", "retry_elsewhere"];

    private readonly Dictionary<string, ResponseCode> _codes = new(StringComparer.Ordinal);
    private readonly List<string> _faults = [];
    private string? _unknown;

    private ResponseCodeFile()
    {
    }

    /// <summary>The codes that were read; not to be used while there are faults.</summary>
    public IReadOnlyDictionary<string, ResponseCode> Codes => _codes;

    /// <summary>The code whose meaning every code has that is not in the table; null: the file does not say.</summary>
    public string? Unknown => _unknown;

    /// <summary>What is wrong, each with the path inside the file.</summary>
    public List<string> Faults => _faults;

    /// <summary>Reads all of it, faults and all.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static ResponseCodeFile Read(Stream stream)
    {
        using var document = JsonDocument.Parse(stream);
        var file = new ResponseCodeFile();
        file.ReadTable(document.RootElement);
        return file;
    }

    private void ReadTable(JsonElement root)
    {
        var table = Properties(root, "", KeysOfTable);
        if (table.TryGetValue("codes", out var codes))
            foreach (var (code, entry) in Properties(codes, "codes", known: null)) ReadCode(code, entry);
        else if (root.ValueKind == JsonValueKind.Object) _faults.Add("codes: is missing");
        _unknown = Text(table, "", "unknown");
    }

    private void ReadCode(string code, JsonElement entry)
    {
        var path = $"codes.{code}";
        if (!ResponseCodeTable.IsCode(code)) _faults.Add($"{path}: a code has two letters or digits");
        var properties = Properties(entry, path, KeysOfCode);
        if (entry.ValueKind != JsonValueKind.Object) return;

        var text = Text(properties, path, "text") ?? "";
        if (text.Length is 0 or > TerminalTextLengthMax) _faults.Add($"{path}.text: must have 1 to 40 characters");
        var outcome = Text(properties, path, "outcome") switch
        {
            "approved" => Outcome.Approved,
            "partially_approved" => Outcome.PartiallyApproved,
            "declined" => Outcome.Declined,
            _ => Outcome.Unspecified,
        };
        if (outcome == Outcome.Unspecified)
            _faults.Add($"{path}.outcome: must be approved, partially_approved or declined");
        var retryElsewhere = Flag(properties, path, "retry_elsewhere");
        if (retryElsewhere && outcome != Outcome.Declined)
            _faults.Add($"{path}.retry_elsewhere: only a decline may be retried elsewhere");
        _codes[code] = new ResponseCode(code, outcome, text, retryElsewhere);
    }

    // The first of two of the same name counts, and the second is a fault.
    private Dictionary<string, JsonElement> Properties(JsonElement element, string path, string[]? known)
    {
        var properties = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (element.ValueKind != JsonValueKind.Object)
        {
            _faults.Add($"{(path.Length == 0 ? "the file" : path)}: expected an object");
            return properties;
        }

        foreach (var property in element.EnumerateObject())
        {
            if (known is not null && !known.Contains(property.Name))
                _faults.Add(
                    $"{PathOf(path, property.Name)}: unknown key; known here: {string.Join(", ", known)}");
            else if (!properties.TryAdd(property.Name, property.Value))
                _faults.Add($"{PathOf(path, property.Name)}: is given twice");
        }

        return properties;
    }

    private string? Text(Dictionary<string, JsonElement> properties, string path, string key)
    {
        if (!properties.TryGetValue(key, out var value)) return null;
        if (value.ValueKind == JsonValueKind.String) return value.GetString();
        _faults.Add($"{PathOf(path, key)}: expected a text");
        return null;
    }

    private bool Flag(Dictionary<string, JsonElement> properties, string path, string key)
    {
        if (!properties.TryGetValue(key, out var value)) return false;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        _faults.Add($"{PathOf(path, key)}: expected true or false");
        return false;
    }

    private static string PathOf(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";
}
