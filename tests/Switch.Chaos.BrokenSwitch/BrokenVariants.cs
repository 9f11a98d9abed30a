namespace Switch.Chaos.BrokenSwitch;

/// <summary>The deliberate faults: each replaces a port of the service by one that breaks a promise.</summary>
internal static class BrokenVariants
{
    private static readonly Dictionary<string, Action<IServiceCollection>> Variants = new(StringComparer.Ordinal)
    {
        // The ports to replace (journal, idempotency store, acquirer) do not exist yet: until they do, these are whole.
        ["reply-before-journal"] = static _ => { },
        ["fold-sent-unknown"] = static _ => { },
        ["complete-without-fence"] = static _ => { },
    };

    public static IEnumerable<string> Names => Variants.Keys;

    /// <summary>What makes the service so, or null when no variant has this name.</summary>
    public static Action<IServiceCollection>? Find(string? name) =>
        name is null ? null : Variants.GetValueOrDefault(name);
}
