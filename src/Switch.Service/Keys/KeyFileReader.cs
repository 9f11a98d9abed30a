using System.Security.Cryptography;
using System.Text.Json;

namespace Switch.Service.Keys;

/// <summary>
/// Reads a key file and collects every fault instead of stopping at the first. No fault quotes anything but ids and
/// property names: a key pasted into the wrong place must not reach a log through an error message.
/// </summary>
internal sealed class KeyFileReader
{
    /// <summary>No key file is this long; a wrong path must not read a huge file into memory.</summary>
    private const int FileBytesMax = 64 * 1024;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly List<string> _faults = [];
    private readonly List<SwitchKey> _keys = [];
    private readonly HashSet<string> _ids = [];

    /// <summary>What is wrong with the file, in the order met.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>The name of a purpose in the file.</summary>
    public static string NameOf(KeyPurpose purpose) => purpose switch
    {
        KeyPurpose.Seal => "seal",
        KeyPurpose.Token => "token",
        _ => "identity",
    };

    /// <summary>The keys in the order of the file; to be used only when <see cref="Faults"/> stays empty.</summary>
    public IReadOnlyList<SwitchKey> Read(string path, bool mayBeGroupReadable)
    {
        var bytes = ReadBytes(path, mayBeGroupReadable);
        if (bytes is null) return _keys;
        try
        {
            using var document = JsonDocument.Parse(bytes, Strict);
            ReadDocument(document.RootElement);
        }
        catch (JsonException e)
        {
            // The reader's own message quotes the text around the fault.
            _faults.Add($"is no valid JSON, or has a property twice, at line {e.LineNumber + 1}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }

        return _keys;
    }

    private byte[]? ReadBytes(string path, bool mayBeGroupReadable)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            // Asked of the open file, so that what is checked is what is read.
            var allowed = mayBeGroupReadable ? OwnerOnly | UnixFileMode.GroupRead : OwnerOnly;
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(stream.SafeFileHandle) & ~allowed) != 0)
                _faults.Add(mayBeGroupReadable
                    ? "its permissions let others than owner and group use it, or its group write it (0640 or 0440)"
                    : "its permissions let others than its owner use it (want 0600 or 0400)");
            if (stream.Length <= FileBytesMax)
            {
                var bytes = new byte[stream.Length];
                stream.ReadExactly(bytes);
                return bytes;
            }

            _faults.Add($"is longer than {FileBytesMax} bytes");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _faults.Add($"cannot be read ({e.GetType().Name})");
        }

        return null;
    }

    private void ReadDocument(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            _faults.Add("is no JSON object");
            return;
        }

        foreach (var property in root.EnumerateObject())
            if (!property.NameEquals("keys")) _faults.Add($"has an unknown property '{Shown(property.Name)}'");

        if (!root.TryGetProperty("keys", out var keys) || keys.ValueKind != JsonValueKind.Array)
        {
            _faults.Add("has no array 'keys'");
            return;
        }

        var index = 0;
        foreach (var entry in keys.EnumerateArray()) ReadKey($"keys[{index++}]", entry);
        CheckPurposes(keys);
    }

    private void ReadKey(string where, JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object)
        {
            _faults.Add($"{where} is no object");
            return;
        }

        foreach (var property in entry.EnumerateObject())
            if (property.Name is not ("id" or "purpose" or "key"))
                _faults.Add($"{where} has an unknown property '{Shown(property.Name)}'");

        var id = ReadId(where, entry);
        var purpose = ReadPurpose(where, entry);
        var secret = ReadSecret(where, entry);
        if (id is not null && purpose is { } known && secret is not null)
            _keys.Add(new SwitchKey(id, known, secret));
    }

    private string? ReadId(string where, JsonElement entry)
    {
        var id = Text(entry, "id");
        if (id is null || id.Length is 0 or > SwitchKey.IdLengthMax || !id.All(IsIdCharacter))
        {
            _faults.Add($"{where}.id wants 1 to {SwitchKey.IdLengthMax} letters, digits, '.', '_' or '-'");
            return null;
        }

        if (_ids.Add(id)) return id;
        _faults.Add($"{where}.id '{id}' stands twice");
        return null;
    }

    private KeyPurpose? ReadPurpose(string where, JsonElement entry)
    {
        var name = Text(entry, "purpose");
        foreach (var purpose in Enum.GetValues<KeyPurpose>())
            if (name == NameOf(purpose)) return purpose;

        _faults.Add($"{where}.purpose wants one of seal, token, identity");
        return null;
    }

    private byte[]? ReadSecret(string where, JsonElement entry)
    {
        if (!entry.TryGetProperty("key", out var element) || element.ValueKind != JsonValueKind.String
            || !element.TryGetBytesFromBase64(out var secret))
        {
            _faults.Add($"{where}.key wants base64");
            return null;
        }

        if (secret.Length != SwitchKey.Length)
        {
            _faults.Add($"{where}.key is {secret.Length} bytes long, wanted {SwitchKey.Length}");
            return null;
        }

        if (!secret.AsSpan().ContainsAnyExcept((byte)0))
        {
            _faults.Add($"{where}.key is all zeros");
            return null;
        }

        foreach (var other in _keys)
            if (CryptographicOperations.FixedTimeEquals(other.Secret(), secret))
                _faults.Add($"{where}.key is the same key as '{other.Id}'");

        return secret;
    }

    private void CheckPurposes(JsonElement keys)
    {
        // Asked of the file, not of the keys taken: one that is refused for another reason is not missing too.
        foreach (var purpose in Enum.GetValues<KeyPurpose>())
        {
            var name = NameOf(purpose);
            if (!keys.EnumerateArray().Any(entry =>
                    entry.ValueKind == JsonValueKind.Object && Text(entry, "purpose") == name))
                _faults.Add($"has no key with purpose '{name}'");
        }
    }

    private static string? Text(JsonElement entry, string property) =>
        entry.TryGetProperty(property, out var element) && element.ValueKind == JsonValueKind.String
            ? element.GetString()
            : null;

    private static string Shown(string name) =>
        name.Length <= SwitchKey.IdLengthMax && name.All(IsIdCharacter) ? name : "(not shown)";

    private static bool IsIdCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-';
}
