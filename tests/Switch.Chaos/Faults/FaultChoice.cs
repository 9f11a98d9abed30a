namespace Switch.Chaos.Faults;

/// <summary>Which kinds of faults a run can have, and why not the others.</summary>
internal sealed class FaultChoice
{
    private readonly ChaosOptions _options;
    private readonly bool _canFillDisks;
    private readonly bool _isBrokerOwn;

    /// <param name="options">What is wanted.</param>
    /// <param name="canFillDisks">Journals are on disks of their own.</param>
    /// <param name="isBrokerOwn">The broker is this run's, behind its wire.</param>
    public FaultChoice(ChaosOptions options, bool canFillDisks, bool isBrokerOwn)
    {
        _options = options;
        _canFillDisks = canFillDisks;
        _isBrokerOwn = isBrokerOwn;
    }

    /// <summary>Kinds that are left out, by name, with the reason.</summary>
    public IReadOnlyDictionary<string, string> LeftOut => Enum.GetValues<FaultKind>()
        .Where(kind => !Has(kind)).ToDictionary(FaultLog.Name, kind => WhyNot(kind)!);

    public bool Has(FaultKind kind) => WhyNot(kind) is null;

    // What is not wanted is not said to be impossible.
    private string? WhyNot(FaultKind kind) => kind switch
    {
        _ when _options.NoFaults => "--no-faults",
        _ when _options.Only.Count > 0 && !_options.Only.Contains(FaultLog.Name(kind)) => "not in --only",
        FaultKind.JournalDiskFull when !_canFillDisks => "mounting a small disk is not allowed here",
        FaultKind.BrokerAway when !_isBrokerOwn => "the broker is not this run's, which has no wire to it",
        _ => null,
    };
}
