namespace Switch.Simulator;

/// <summary>How an answer may be spoilt.</summary>
internal enum MalformedKind
{
    /// <summary>Not spoilt.</summary>
    None,

    /// <summary>Random bytes that are no frame.</summary>
    Garbage,

    /// <summary>Half of the frame, then the connection ends.</summary>
    Truncated,

    /// <summary>A length header above the dialect's bound.</summary>
    Oversized,

    /// <summary>A whole frame whose bitmap is nonsense.</summary>
    BadBitmap,
}

/// <summary>When the connection is closed.</summary>
internal enum DisconnectKind
{
    /// <summary>Not.</summary>
    None,

    /// <summary>On reading the request, which is not processed.</summary>
    Before,

    /// <summary>After the answer.</summary>
    After,

    /// <summary>In place of the answer; the request is processed.</summary>
    Instead,
}

/// <summary>Whether the host keeps silent.</summary>
internal enum SilenceKind
{
    /// <summary>It answers.</summary>
    None,

    /// <summary>The request is processed, the answer kept back.</summary>
    Processed,

    /// <summary>The request never reaches the books.</summary>
    Lost,
}

/// <summary>What a rule does. What it does not state is as in the scenario's defaults.</summary>
internal sealed record RuleActions
{
    /// <summary>Nothing special.</summary>
    public static readonly RuleActions None = new();

    /// <summary>Response code; null is the default one.</summary>
    public string? Code { get; init; }

    /// <summary>Share of the amount that a partial approval (code 10) grants, above 0 and below 1.</summary>
    public decimal? Partial { get; init; }

    /// <summary>Latency; null is the default one.</summary>
    public Latency? Latency { get; init; }

    /// <summary>Whether the latency is meant to exceed the peer's patience.</summary>
    public bool IsLate { get; init; }

    /// <summary>Whether the answer is kept back.</summary>
    public SilenceKind Silence { get; init; }

    /// <summary>Whether the answer is sent twice.</summary>
    public bool AnswerTwice { get; init; }

    /// <summary>Whether and when the connection is closed.</summary>
    public DisconnectKind Disconnect { get; init; }

    /// <summary>Whether the answer is spoilt.</summary>
    public MalformedKind Malformed { get; init; }

    /// <summary>Fields left out of the answer.</summary>
    public IReadOnlyList<int> DropFields { get; init; } = [];

    /// <summary>Fields of the answer set to another value: text, or hexadecimal for binary content.</summary>
    public IReadOnlyDictionary<int, string> ChangeFields { get; init; } = new Dictionary<int, string>();

    /// <summary>Whether the answer's fields differ from what the host would say.</summary>
    public bool AltersFields => DropFields.Count > 0 || ChangeFields.Count > 0;
}
