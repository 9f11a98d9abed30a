using System.Diagnostics.CodeAnalysis;
using Switch.Iso8583;

namespace Switch.Simulator;

/// <summary>
/// How a host behaves: defaults, policies, and rules of which the first that matches decides. Immutable; one scenario
/// may serve several hosts. Written in YAML, see <c>docs/simulator.md</c>.
/// </summary>
public sealed class Scenario
{
    /// <summary>Approves everything at once.</summary>
    public static readonly Scenario ApproveAll = new("approve all");

    internal Scenario(string name) => Name = name;

    /// <summary>The file's name, or what the caller called it.</summary>
    public string Name { get; }

    /// <summary>Seed of every draw, and of the approval codes.</summary>
    public ulong Seed { get; internal init; } = 1;

    /// <summary>Response code when no rule says otherwise.</summary>
    internal string DefaultCode { get; init; } = "00";

    /// <summary>Latency when no rule says otherwise.</summary>
    internal Latency DefaultLatency { get; init; } = Latency.None;

    /// <summary>
    /// Fields without which a request (0100, 0200, 0120, 0220) is a format error. The card may be DE 2 or 35.
    /// </summary>
    internal IReadOnlyList<int> MandatoryFields { get; init; } = [3, 4, 7, 11, 37, 41, 42, 49];

    /// <summary>Fields without which a reversal is a format error.</summary>
    internal IReadOnlyList<int> MandatoryReversalFields { get; init; } = [7, 11, 37, 41, 42, 90];

    /// <summary>Repeats and reversals.</summary>
    internal LedgerPolicy Books { get; init; } = new();

    /// <summary>Sign-on, sign-off and echo.</summary>
    internal NetworkPolicy Network { get; init; } = new();

    /// <summary>First match wins.</summary>
    internal IReadOnlyList<ScenarioRule> Rules { get; init; } = [];

    /// <summary>Loads a scenario file.</summary>
    /// <exception cref="ScenarioException">It has faults.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static Scenario Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Parse(File.ReadAllText(path), Path.GetFileName(path));
    }

    /// <summary>Reads a scenario from YAML text.</summary>
    /// <exception cref="ScenarioException">It has faults.</exception>
    public static Scenario Parse(string yaml, string name = "scenario") =>
        TryParse(yaml, name, out var scenario, out var faults) ? scenario : throw new ScenarioException(faults);

    /// <summary>Reads a scenario from YAML text; false leaves every fault, with its line, in the list.</summary>
    public static bool TryParse(
        string yaml, string name, [NotNullWhen(true)] out Scenario? scenario, out IReadOnlyList<ScenarioFault> faults)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return ScenarioReader.TryRead(yaml, name, out scenario, out faults);
    }

    /// <summary>Checks what depends on the dialect: whether its fields can hold what rules change them to.</summary>
    internal void ThrowUnlessFits(IsoDialect dialect)
    {
        var faults = new List<ScenarioFault>();
        foreach (var rule in Rules)
            if (!AnswerWriter.Fits(dialect, rule.Then, out var fault))
                faults.Add(new ScenarioFault(Name, rule.Line, "then.change_field", $"{fault} in {dialect}"));
        if (faults.Count > 0) throw new ScenarioException(faults);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
