namespace Switch.Simulator;

/// <summary>
/// The running counts behind <see cref="AcquirerCounters"/>. Fields, because they are incremented in place.
/// </summary>
internal sealed class HostMeters
{
    public long Accepted;
    public long Messages;
    public long Answers;
    public long SignOns;
    public long SignOffs;
    public long Echoes;
    public long FormatErrors;
    public long Unanswered;
    public long UnexpectedResponses;
    public long AnswerFaults;
    private readonly long[] _closed = new long[Enum.GetValues<HostCloseReason>().Length];
    private volatile string? _lastFault;

    /// <summary>Counts an ended connection.</summary>
    public void Close(HostCloseReason reason) => Interlocked.Increment(ref _closed[(int)reason]);

    /// <summary>Keeps the latest fault.</summary>
    public void Fault(string fault) => _lastFault = fault;

    /// <summary>All counts of this moment.</summary>
    public AcquirerCounters Read(int openConnections) => new(
        openConnections,
        Interlocked.Read(ref Accepted),
        Interlocked.Read(ref Messages),
        Interlocked.Read(ref Answers),
        Interlocked.Read(ref SignOns),
        Interlocked.Read(ref SignOffs),
        Interlocked.Read(ref Echoes),
        Interlocked.Read(ref FormatErrors),
        Interlocked.Read(ref Unanswered),
        Interlocked.Read(ref UnexpectedResponses),
        Interlocked.Read(ref AnswerFaults),
        Enum.GetValues<HostCloseReason>()
            .ToDictionary(reason => reason, reason => Interlocked.Read(ref _closed[(int)reason])),
        _lastFault);
}
