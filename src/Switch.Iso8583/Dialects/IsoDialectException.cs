namespace Switch.Iso8583;

/// <summary>A dialect document is not usable. <see cref="Faults"/> names every fault with its path.</summary>
public sealed class IsoDialectException : Exception
{
    internal IsoDialectException(string source, IReadOnlyList<string> faults)
        : base($"{source} is no usable dialect: {string.Join("; ", faults)}") => Faults = faults;

    /// <summary>Every fault, as <c>path: what is wrong</c>.</summary>
    public IReadOnlyList<string> Faults { get; }
}
