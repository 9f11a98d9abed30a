namespace Switch.Service.Keys;

/// <summary>The key file cannot be used, so the service must not start. Names every fault and no key.</summary>
internal sealed class KeyFileException(string path, IReadOnlyList<string> faults)
    : Exception($"The key file {path} cannot be used: {string.Join("; ", faults)}")
{
    /// <summary>Every fault found, at least one.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}
