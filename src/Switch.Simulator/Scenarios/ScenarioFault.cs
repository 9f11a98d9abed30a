namespace Switch.Simulator;

/// <summary>One reason to refuse a scenario.</summary>
/// <param name="File">The scenario's name.</param>
/// <param name="Line">From 1.</param>
/// <param name="Path">What, as a path from the root: <c>rules[3].when.currency</c>.</param>
/// <param name="Message">Why, in words for the person who wrote it; card numbers are not repeated.</param>
public sealed record ScenarioFault(string File, int Line, string Path, string Message)
{
    /// <summary><c>alpha.yaml:12: rules[3].when.currency: 'EURO' is no three-digit currency</c>.</summary>
    public override string ToString() =>
        Path.Length == 0 ? $"{File}:{Line}: {Message}" : $"{File}:{Line}: {Path}: {Message}";
}

/// <summary>A scenario is not usable. <see cref="Faults"/> names every fault with its line.</summary>
public sealed class ScenarioException : Exception
{
    internal ScenarioException(IReadOnlyList<ScenarioFault> faults)
        : base(string.Join(Environment.NewLine, faults)) => Faults = faults;

    /// <summary>Every fault, in the order of the file.</summary>
    public IReadOnlyList<ScenarioFault> Faults { get; }
}
