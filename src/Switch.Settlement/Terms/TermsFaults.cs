namespace Switch.Settlement.Terms;

/// <summary>Every fault of one file, so that a person mends them all at once.</summary>
internal sealed class TermsFaults
{
    /// <summary>More faults than this help nobody; the rest is counted.</summary>
    public const int Max = 200;

    private readonly string _file;
    private readonly List<(int Line, string Text)> _faults = [];
    private int _count;

    public TermsFaults(string file) => _file = file;

    public bool IsEmpty => _count == 0;

    /// <summary>The faults in the order of the file: "settlement.yaml:12: merchants[0].iban: …".</summary>
    public IReadOnlyList<string> List()
    {
        var list = _faults.OrderBy(static fault => fault.Line).Select(static fault => fault.Text).ToList();
        if (_count > _faults.Count) list.Add($"{_file}: and {_count - _faults.Count} more");
        return list;
    }

    /// <summary>Adds a fault at a line; a path may be empty.</summary>
    public void Add(int line, string path, string message)
    {
        _count++;
        if (_faults.Count == Max) return;
        _faults.Add((line, path.Length == 0 ? $"{_file}:{line}: {message}" : $"{_file}:{line}: {path}: {message}"));
    }
}
