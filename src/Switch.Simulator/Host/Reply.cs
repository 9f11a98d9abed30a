using Switch.Iso8583;

namespace Switch.Simulator;

/// <summary>One answer on its way: its message, when to send it, and how to misbehave.</summary>
internal sealed class Reply : IDisposable
{
    /// <summary>Nothing is to be answered and the connection lives on.</summary>
    public static readonly Reply None = new();

    /// <summary>The answer; null when nothing is sent.</summary>
    public IsoBuffer? Message { get; init; }

    /// <summary>TPDU of the answer, empty when the dialect has none.</summary>
    public byte[] Tpdu { get; set; } = [];

    /// <summary>How long to wait before sending.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>The ledger entry whose answer this is; 0 for network management.</summary>
    public long Sequence { get; init; }

    /// <summary>How to misbehave.</summary>
    public RuleActions Actions { get; init; } = RuleActions.None;

    /// <summary>Whether the connection ends with this reply.</summary>
    public bool ClosesAfter =>
        Actions.Disconnect != DisconnectKind.None || Actions.Malformed == MalformedKind.Truncated;

    /// <inheritdoc/>
    public void Dispose() => Message?.Dispose();
}
