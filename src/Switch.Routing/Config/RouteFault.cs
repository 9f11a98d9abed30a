namespace Switch.Routing;

/// <summary>One reason to refuse a routing configuration.</summary>
/// <param name="Line">Where.</param>
/// <param name="Path">What, as a path from the root: <c>rules[3].when.currency</c>.</param>
/// <param name="Message">Why, in words for the operator who wrote it.</param>
public sealed record RouteFault(SourceLine Line, string Path, string Message)
{
    /// <summary><c>routes.yaml:12: rules[3].when.currency: 'EURO' is not an ISO 4217 currency</c>.</summary>
    public override string ToString() => $"{Line}: {Path}: {Message}";
}
