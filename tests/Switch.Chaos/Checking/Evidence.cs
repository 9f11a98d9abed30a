namespace Switch.Chaos.Checking;

/// <summary>The disk of an instance was destroyed: journal and all that was only there.</summary>
internal sealed record DiskLoss(string Instance, TimeSpan At);

/// <summary>An instance was killed, stopped or rolled, until it was ready again.</summary>
internal sealed record Outage(string Instance, TimeSpan From, TimeSpan To);

/// <summary>A connection between an instance and an acquirer has broken; what was on its way may be lost.</summary>
/// <param name="Instance">One end.</param>
/// <param name="Acquirer">The other.</param>
/// <param name="HeldFrom">What was sent from then on had not passed; the same moment when nothing was held.</param>
/// <param name="At">When it broke.</param>
internal sealed record WireBreak(string Instance, string Acquirer, TimeSpan HeldFrom, TimeSpan At);

/// <summary>An instance that had been ready ended without having been told to.</summary>
internal sealed record Crash(string Instance, TimeSpan At, int ExitCode);

/// <summary>Redis came back without its data.</summary>
/// <param name="At">When it was killed.</param>
/// <param name="Tail">How far back writes may be missing; null: everything was lost.</param>
internal sealed record StoreLoss(TimeSpan At, TimeSpan? Tail);

/// <summary>How an instance ended that was told to (SIGTERM); without an exit code it had to be killed.</summary>
internal sealed record OrderlyEnd(string Instance, TimeSpan At, TimeSpan Took, TimeSpan Allowed, int? ExitCode);

/// <summary>What was still open when the run gave up waiting for quiet; empty when it was quiet in time.</summary>
/// <param name="Open">One line for each thing, for example "a: 3 open intents".</param>
/// <param name="ParkedAdvices">Advices that wait for a person.</param>
internal sealed record QuietReport(IReadOnlyList<string> Open, long ParkedAdvices);

/// <summary>Everything that the checker may look at.</summary>
internal sealed record Evidence
{
    public required IReadOnlyList<PaymentRecord> Payments { get; init; }

    public required IReadOnlyList<LedgerRecord> Ledger { get; init; }

    /// <summary>Every delivery, duplicates included.</summary>
    public required IReadOnlyList<EventRecord> Events { get; init; }

    public IReadOnlyList<DiskLoss> DiskLosses { get; init; } = [];

    public IReadOnlyList<StoreLoss> StoreLosses { get; init; } = [];

    public IReadOnlyList<Outage> Outages { get; init; } = [];

    public IReadOnlyList<WireBreak> WireBreaks { get; init; } = [];

    public IReadOnlyList<OrderlyEnd> OrderlyEnds { get; init; } = [];

    public IReadOnlyList<Crash> Crashes { get; init; } = [];

    public QuietReport Quiet { get; init; } = new([], 0);
}
