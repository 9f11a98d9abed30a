namespace Switch.Service.Authorization;

/// <summary>Collects faults; allocates nothing while there are none.</summary>
internal struct FaultList
{
    // 64 distinct field faults are more than a request has fields; the bound only guards against a future loop.
    private const int FaultsMax = 64;

    private List<FieldFault>? _faults;

    public readonly bool Any => _faults is not null;

    public void Add(string field, string description)
    {
        _faults ??= [];
        if (_faults.Count < FaultsMax) _faults.Add(new FieldFault(field, description));
    }

    public readonly IReadOnlyList<FieldFault> ToList() => _faults ?? [];
}
