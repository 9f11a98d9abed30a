namespace Switch.Iso8583;

/// <summary>A dialect being read: what documents said so far, the later one winning, and every fault found.</summary>
internal sealed class DialectDraft
{
    public List<string> Faults { get; } = [];

    public string? Name { get; set; }

    public FrameHeader? Header { get; set; }

    public byte[] Tpdu { get; set; } = [];

    public int? MaxFrameBytes { get; set; }

    public FieldEncoding? Mti { get; set; }

    public BitmapEncoding? Bitmap { get; set; }

    public FieldEncoding? Prefix { get; set; }

    public Dictionary<FieldContent, FieldEncoding> Encodings { get; } = [];

    public int[] MatchFields { get; set; } = [7, 11, 37, 41];

    public int[] NetworkMatchFields { get; set; } = [7, 11];

    public int[] EchoFields { get; set; } = [];

    public SortedDictionary<int, FieldDraft> Fields { get; } = [];
}

/// <summary>What documents said of one field; what is null takes the dialect's or the content's default.</summary>
internal sealed class FieldDraft
{
    public string? Name { get; set; }

    public FieldContent? Content { get; set; }

    public FieldEncoding? Encoding { get; set; }

    public FieldLength? Length { get; set; }

    public FieldEncoding? Prefix { get; set; }

    public int? Max { get; set; }

    public FieldPadding? Padding { get; set; }

    public OddNibble? Odd { get; set; }

    public Sensitivity? Sensitivity { get; set; }
}
