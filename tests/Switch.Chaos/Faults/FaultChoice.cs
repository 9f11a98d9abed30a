using Switch.Programs;

namespace Switch.Chaos.Faults;

/// <summary>Which kinds of faults a run can have, and why not the others.</summary>
internal sealed class FaultChoice
{
    private readonly ChaosOptions _options;
    private readonly bool _canFillDisks;
    private readonly bool _isBrokerOwn;
    private readonly bool _canRestartBroker;

    /// <param name="options">What is wanted.</param>
    /// <param name="canFillDisks">Journals are on disks of their own.</param>
    /// <param name="isBrokerOwn">The broker is this run's, behind its wire.</param>
    /// <param name="canRestartBroker">There are commands that stop it and start it again.</param>
    public FaultChoice(ChaosOptions options, bool canFillDisks, bool isBrokerOwn, bool canRestartBroker)
    {
        _options = options;
        _canFillDisks = canFillDisks;
        _isBrokerOwn = isBrokerOwn;
        _canRestartBroker = canRestartBroker;
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
        FaultKind.BrokerRestart when _isBrokerOwn => "the run's own broker keeps its events in memory only",
        FaultKind.BrokerRestart when !_canRestartBroker =>
            $"{GivenBroker.StopVariable} and {GivenBroker.StartVariable} are not set",
        _ => null,
    };
}
