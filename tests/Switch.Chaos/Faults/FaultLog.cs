using Switch.Chaos.Checking;
using Switch.Programs;

namespace Switch.Chaos.Faults;

/// <summary>What was really done, and when: for counting, for timelines, and for the checker's conditions.</summary>
internal sealed class FaultLog
{
    private readonly Lock _gate = new();
    private readonly List<(TimeSpan At, string Text)> _lines = [];
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly List<DiskLoss> _diskLosses = [];
    private readonly List<StoreLoss> _storeLosses = [];
    private readonly List<OrderlyEnd> _orderlyEnds = [];
    private readonly List<Outage> _outages = [];
    private readonly List<Crash> _crashes = [];
    private readonly RunClock _clock;
    private readonly TextWriter? _output;
    private int _kills;
    private int _skipped;

    /// <param name="clock">The run's.</param>
    /// <param name="output">Where to tell each fault; null: nowhere.</param>
    public FaultLog(RunClock clock, TextWriter? output)
    {
        _clock = clock;
        _output = output;
    }

    /// <summary>Kinds that the plan was made without, by name, with the reason.</summary>
    public IReadOnlyDictionary<string, string> LeftOut { get; set; } = new Dictionary<string, string>();

    public int Kills => _kills;

    public int Skipped => _skipped;

    /// <summary>How often each kind was done so far; faults go on while it is read.</summary>
    public IReadOnlyDictionary<string, int> Counts
    {
        get { lock (_gate) return new SortedDictionary<string, int>(_counts, StringComparer.Ordinal); }
    }

    public IReadOnlyList<DiskLoss> DiskLosses => _diskLosses;

    public IReadOnlyList<StoreLoss> StoreLosses => _storeLosses;

    public IReadOnlyList<OrderlyEnd> OrderlyEnds => _orderlyEnds;

    public IReadOnlyList<Outage> Outages => _outages;

    public IReadOnlyList<Crash> Crashes => _crashes;

    /// <summary>Everything that was told, in order.</summary>
    public IReadOnlyList<(TimeSpan At, string Text)> Lines
    {
        get { lock (_gate) return [.. _lines]; }
    }

    public void Count(FaultKind kind, int times = 1) => Count(Name(kind), times);

    public void Count(string kind, int times)
    {
        lock (_gate) _counts[kind] = _counts.GetValueOrDefault(kind) + times;
    }

    public void Killed() => Interlocked.Increment(ref _kills);

    public void Skip(PlannedFault fault, string why = "its target is busy")
    {
        Interlocked.Increment(ref _skipped);
        Tell($"skipped {fault.Kind}: {why}");
    }

    public void Tell(string text)
    {
        lock (_gate)
        {
            var now = _clock.Now;
            _lines.Add((now, text));
            _output?.WriteLine(FormattableString.Invariant($"{now.TotalSeconds,7:0.00} s {text}"));
        }
    }

    public void Lost(DiskLoss loss)
    {
        lock (_gate) _diskLosses.Add(loss);
    }

    public void Lost(StoreLoss loss)
    {
        lock (_gate) _storeLosses.Add(loss);
    }

    public void Down(Outage outage)
    {
        lock (_gate) _outages.Add(outage);
    }

    public void Crashed(Crash crash)
    {
        lock (_gate) _crashes.Add(crash);
    }

    public void Ended(OrderlyEnd end)
    {
        lock (_gate) _orderlyEnds.Add(end);
    }

    /// <summary>InstanceKill → instance_kill.</summary>
    public static string Name(FaultKind kind) =>
        string.Concat(kind.ToString().Select((c, i) => char.IsUpper(c) && i > 0 ? $"_{char.ToLowerInvariant(c)}"
            : char.ToLowerInvariant(c).ToString()));
}
