namespace Switch.Routing;

/// <summary>A value and where it was written.</summary>
/// <param name="Value">The value.</param>
/// <param name="Line">Where it was written.</param>
public readonly record struct Located<T>(T Value, SourceLine Line);
