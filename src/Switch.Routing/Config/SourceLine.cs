namespace Switch.Routing;

/// <summary>Where a node of a configuration was written.</summary>
/// <param name="File">Name of the file as an operator knows it, without its folder; empty when there is none.</param>
/// <param name="Line">From 1; 0 when unknown.</param>
public readonly record struct SourceLine(string File, int Line)
{
    /// <summary><c>routes.yaml:12</c>.</summary>
    public override string ToString() => $"{File}:{Line}";
}
