using Switch.Routing;

namespace Switch.Service.Acquirers;

/// <summary>Every acquirer by name and by index. Fixed for the life of the process.</summary>
internal sealed class AcquirerSet
{
    private readonly IAcquirer[] _acquirers;

    public AcquirerSet(IReadOnlyList<IAcquirer> acquirers)
    {
        _acquirers = [.. acquirers];
        Names = [.. acquirers.Select(acquirer => acquirer.Name)];
    }

    /// <summary>Names in an order that never changes: the acquirer indexes of every routing table.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The acquirer at an index of <see cref="Names"/>.</summary>
    public IAcquirer this[int index] => _acquirers[index];

    /// <summary>The acquirer of a name; null when none is configured any more.</summary>
    public IAcquirer? Find(string name) => Array.Find(_acquirers, acquirer => acquirer.Name == name);

    /// <summary>Who can be asked now, by index.</summary>
    public void CopyStatuses(Span<CandidateStatus> statuses)
    {
        for (var i = 0; i < _acquirers.Length; i++) statuses[i] = _acquirers[i].Status;
    }
}
