using System.Diagnostics.CodeAnalysis;

namespace Switch.Iso8583;

/// <summary>
/// An ISO 8583:1987 dialect: every field's layout, the framing, and which fields match a reply to its request. It is
/// data (a JSON document), immutable once loaded, and safe to share.
/// </summary>
public sealed class IsoDialect
{
    /// <summary>Highest data element number.</summary>
    public const int MaxField = 128;

    // Idle objects kept for reuse: at 4 KB a buffer and 1.5 KB a message about 7 MB a dialect at most.
    private const int MaxPooledMessages = 4096;
    private const int MaxPooledBuffers = 256;

    private static readonly Lazy<IsoDialect> LazyAscii = new(() => LoadEmbedded("iso1987-ascii"));
    private static readonly Lazy<IsoDialect> LazyBinary = new(() => LoadEmbedded("iso1987-binary"));

    private readonly IsoField?[] _fields;
    private readonly int[] _matchFields;
    private readonly int[] _networkMatchFields;
    private readonly int[] _echoFields;

    internal IsoDialect(string name, FrameFormat frame, IsoField?[] fields, int[] match, int[] networkMatch, int[] echo)
    {
        Name = name;
        Frame = frame;
        _fields = fields;
        _matchFields = match;
        _networkMatchFields = networkMatch;
        _echoFields = echo;
        Messages = new BoundedPool<IsoMessage>(MaxPooledMessages);
        Buffers = new BoundedPool<IsoBuffer>(MaxPooledBuffers);
    }

    /// <summary>ASCII fields, hexadecimal bitmap and <c>b</c> fields, 4-digit ASCII length header.</summary>
    public static IsoDialect Ascii1987 => LazyAscii.Value;

    /// <summary>BCD numbers and prefixes, binary bitmap, 2-byte binary length header.</summary>
    public static IsoDialect Binary1987 => LazyBinary.Value;

    /// <summary>The dialect's name, for logs and faults.</summary>
    public string Name { get; }

    /// <summary>How messages are framed on a stream.</summary>
    public FrameFormat Frame { get; }

    /// <summary>
    /// Encoding of the message type, <see cref="FieldEncoding.Ascii"/> or <see cref="FieldEncoding.Bcd"/>.
    /// </summary>
    public FieldEncoding MtiEncoding { get; internal init; }

    /// <summary>Layout of the bitmaps.</summary>
    public BitmapEncoding Bitmap { get; internal init; }

    /// <summary>Fields whose bytes tie a reply to its request (S7), ascending. Default 7, 11, 37, 41.</summary>
    public ReadOnlySpan<int> MatchFields => _matchFields;

    /// <summary>The same for network management messages (class 08), which lack 37 and 41. Default 7, 11.</summary>
    public ReadOnlySpan<int> NetworkMatchFields => _networkMatchFields;

    /// <summary>Fields a reply returns unchanged when the request has them, ascending (S13).</summary>
    public ReadOnlySpan<int> EchoFields => _echoFields;

    internal BoundedPool<IsoMessage> Messages { get; }

    internal BoundedPool<IsoBuffer> Buffers { get; }

    internal int MtiBytes => MtiEncoding == FieldEncoding.Ascii ? 4 : 2;

    internal int BitmapBytes => Bitmap == BitmapEncoding.Hex ? 16 : 8;

    /// <summary>The field's layout, or null when the dialect does not define it.</summary>
    public IsoField? Field(int number) => (uint)number <= MaxField ? _fields[number] : null;

    /// <summary>
    /// An embedded dialect by name (<c>iso1987-ascii</c>, <c>iso1987-binary</c>), else a file by path.
    /// </summary>
    /// <exception cref="IsoDialectException">The document has faults.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IsoDialect Resolve(string nameOrPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(nameOrPath);
        return nameOrPath switch
        {
            "iso1987-ascii" => Ascii1987,
            "iso1987-binary" => Binary1987,
            _ => Load(nameOrPath),
        };
    }

    /// <summary>Loads a dialect document from a file.</summary>
    /// <exception cref="IsoDialectException">The document has faults.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IsoDialect Load(string path) => ParseOrThrow(File.ReadAllText(path), path);

    /// <summary>Reads a dialect document from text.</summary>
    /// <exception cref="IsoDialectException">The document has faults.</exception>
    public static IsoDialect Parse(string json) => ParseOrThrow(json, "the document");

    /// <summary>Reads a dialect document from text; false leaves every fault in <paramref name="faults"/>.</summary>
    public static bool TryParse(
        string json, [NotNullWhen(true)] out IsoDialect? dialect, out IReadOnlyList<string> faults)
    {
        ArgumentNullException.ThrowIfNull(json);
        var draft = new DialectDraft();
        DialectReader.Read(json, draft);
        dialect = DialectBuilder.Build(draft);
        faults = draft.Faults;
        return dialect is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal static string ReadEmbedded(string name)
    {
        var resource = $"Switch.Iso8583.Dialects.{name}.json";
        using var stream = typeof(IsoDialect).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The resource {resource} is missing from the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static IsoDialect LoadEmbedded(string name) => ParseOrThrow(ReadEmbedded(name), name);

    private static IsoDialect ParseOrThrow(string json, string source) =>
        TryParse(json, out var dialect, out var faults) ? dialect : throw new IsoDialectException(source, faults);
}
