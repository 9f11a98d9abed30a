using System.Globalization;

namespace Switch.Simulation.Tests.World;

/// <summary>
/// What happened at the ports, in order: a hash of everything, by which two runs of a seed are compared, and on demand
/// the lines themselves.
/// </summary>
internal sealed class Trace(Scheduler scheduler, bool keepsLines)
{
    private readonly List<string> _lines = [];
    private ulong _hash = 14_695_981_039_346_656_037;

    public ulong Hash => _hash;

    public IReadOnlyList<string> Lines => _lines;

    public List<string> Faults { get; } = [];

    /// <summary>What the service logged, how often, by name of the event.</summary>
    public Dictionary<string, int> Logged { get; } = new(StringComparer.Ordinal);

    public bool KeepsLines => keepsLines;

    /// <summary>Notes one fact. Nothing that is drawn outside the seed may be part of it.</summary>
    public void Say(string who, string what, string detail = "")
    {
        Mix(who);
        Mix(what);
        Mix(detail);
        Mix((ulong)scheduler.Now);
        if (keepsLines) Note(who, what, detail);
    }

    /// <summary>Notes a fact that is too common for a line.</summary>
    public void Count(string who, string what)
    {
        Mix(who);
        Mix(what);
        Mix((ulong)scheduler.Now);
    }

    public void Log(string name) => Logged[name] = Logged.GetValueOrDefault(name) + 1;

    /// <summary>An exception that the service met: none is expected, whatever the ports do.</summary>
    public void Fault(string text) => Faults.Add(text);

    /// <summary>A line for the reader only; it does not count.</summary>
    public void Note(string who, string what, string detail)
    {
        if (!keepsLines) return;
        _lines.Add(string.Create(
            CultureInfo.InvariantCulture, $"{scheduler.Elapsed.TotalMilliseconds,10:0.000} {who,-3} {what} {detail}"));
    }

    private void Mix(string text)
    {
        foreach (var c in text) Mix(c);
    }

    private void Mix(ulong value) => _hash = (_hash ^ value) * 1_099_511_628_211;
}
