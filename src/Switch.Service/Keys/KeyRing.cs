using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;

namespace Switch.Service.Keys;

/// <summary>
/// The keys of one instance, read once at start. The first key of a purpose in the file is the active one and makes
/// everything new; the others of that purpose only open what they once made.
/// </summary>
internal sealed class KeyRing
{
    private readonly SwitchKey[] _active;
    private readonly Dictionary<(KeyPurpose Purpose, string Id), SwitchKey> _keys = [];

    /// <summary>Keys in the order of the file.</summary>
    /// <exception cref="ArgumentException">A purpose has no key, or an id stands twice.</exception>
    public KeyRing(IReadOnlyList<SwitchKey> keys)
    {
        var purposes = Enum.GetValues<KeyPurpose>();
        _active = new SwitchKey[purposes.Length];
        foreach (var key in keys)
        {
            _keys.Add((key.Purpose, key.Id), key);
            _active[(int)key.Purpose] ??= key;
        }

        foreach (var purpose in purposes)
            if (_active[(int)purpose] is null) throw new ArgumentException($"There is no {purpose} key.", nameof(keys));
    }

    /// <summary>Reads a key file and names every fault in it.</summary>
    /// <param name="path">The file, JSON: {"keys":[{"id":"…","purpose":"seal|token|identity","key":"base64"}]}.</param>
    /// <param name="mayBeGroupReadable">
    /// Take a file that its group may read too, as on a volume that an orchestrator gives to a group.
    /// </param>
    /// <exception cref="KeyFileException">It cannot be used.</exception>
    public static KeyRing Load(string path, bool mayBeGroupReadable = false) =>
        TryLoad(path, mayBeGroupReadable, out var ring, out var faults)
            ? ring
            : throw new KeyFileException(path, faults);

    /// <summary>As <see cref="Load"/>, with the faults as a value.</summary>
    public static bool TryLoad(
        string path,
        bool mayBeGroupReadable,
        [NotNullWhen(true)] out KeyRing? ring,
        out IReadOnlyList<string> faults)
    {
        ring = null;
        var reader = new KeyFileReader();
        var keys = reader.Read(path, mayBeGroupReadable);
        faults = reader.Faults;
        if (faults.Count > 0) return false;
        ring = new KeyRing(keys);
        return true;
    }

    /// <summary>
    /// Writes a new key file with one fresh random key for each purpose, readable by its owner alone.
    /// For the sandbox and for first steps; an existing file is never overwritten.
    /// </summary>
    /// <exception cref="IOException">The file exists or cannot be written.</exception>
    public static void CreateFile(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
        };
        // From its first moment on the file belongs to its owner alone; a later chmod would leave a gap.
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        using var stream = new FileStream(path, options);
        using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteStartArray("keys");
        Span<byte> secret = stackalloc byte[SwitchKey.Length];
        foreach (var purpose in Enum.GetValues<KeyPurpose>())
        {
            RandomNumberGenerator.Fill(secret);
            var name = KeyFileReader.NameOf(purpose);
            writer.WriteStartObject();
            writer.WriteString("id", $"{name}-1");
            writer.WriteString("purpose", name);
            writer.WriteBase64String("key", secret);
            writer.WriteEndObject();
        }

        CryptographicOperations.ZeroMemory(secret);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>The key that makes everything new for a purpose.</summary>
    public SwitchKey Active(KeyPurpose purpose) => _active[(int)purpose];

    /// <summary>A key by its id, active or not.</summary>
    public bool TryFind(KeyPurpose purpose, string id, [NotNullWhen(true)] out SwitchKey? key) =>
        _keys.TryGetValue((purpose, id), out key);
}
