namespace Switch.Service.Authorization;

/// <summary>Why there is no final answer. Each maps to one gRPC status and one ErrorInfo reason.</summary>
internal enum RefusalReason
{
    InvalidRequest,
    TerminalUnidentified,
    MerchantUnknown,
    TerminalUnknown,
    TerminalNotBound,
    KeyReused,
    InProgress,
    Overloaded,
    StreamWindowFull,
    StoreUnavailable,
    JournalUnavailable,
    Draining,
    NotReady,
    DeadlineExceeded,
    AdviceUnknown,
    AdviceNotParked,
    OperatorUnknown,
    Internal,
}

/// <summary>A fault of one field.</summary>
/// <param name="Field">Path in the request, for example "payment_method.card.pan".</param>
/// <param name="Description">What is wrong, without the value.</param>
internal readonly record struct FieldFault(string Field, string Description);

/// <summary>No final answer, and why. A value, never an exception: refusing is ordinary work.</summary>
internal sealed record Refusal(RefusalReason Reason, IReadOnlyList<FieldFault> Faults)
{
    public static readonly Refusal TerminalUnidentified = new(RefusalReason.TerminalUnidentified);
    public static readonly Refusal MerchantUnknown = new(RefusalReason.MerchantUnknown);
    public static readonly Refusal TerminalUnknown = new(RefusalReason.TerminalUnknown);
    public static readonly Refusal TerminalNotBound = new(RefusalReason.TerminalNotBound);
    public static readonly Refusal KeyReused = new(RefusalReason.KeyReused);
    public static readonly Refusal InProgress = new(RefusalReason.InProgress);
    public static readonly Refusal Overloaded = new(RefusalReason.Overloaded);
    public static readonly Refusal StreamWindowFull = new(RefusalReason.StreamWindowFull);
    public static readonly Refusal StoreUnavailable = new(RefusalReason.StoreUnavailable);
    public static readonly Refusal JournalUnavailable = new(RefusalReason.JournalUnavailable);
    /// <summary>As <see cref="JournalUnavailable"/>, but the write may yet turn up on disk.</summary>
    public static readonly Refusal JournalFailing = new(RefusalReason.JournalUnavailable);

    public static readonly Refusal Draining = new(RefusalReason.Draining);
    public static readonly Refusal NotReady = new(RefusalReason.NotReady);
    public static readonly Refusal DeadlineExceeded = new(RefusalReason.DeadlineExceeded);
    public static readonly Refusal AdviceUnknown = new(RefusalReason.AdviceUnknown);
    public static readonly Refusal AdviceNotParked = new(RefusalReason.AdviceNotParked);
    public static readonly Refusal OperatorUnknown = new(RefusalReason.OperatorUnknown);
    public static readonly Refusal Internal = new(RefusalReason.Internal);

    private Refusal(RefusalReason reason)
        : this(reason, [])
    {
    }

    public static Refusal Invalid(IReadOnlyList<FieldFault> faults) => new(RefusalReason.InvalidRequest, faults);
}
