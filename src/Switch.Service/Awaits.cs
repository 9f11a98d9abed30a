namespace Switch.Service;

/// <summary>How this service awaits.</summary>
internal static class Awaits
{
    /// <summary>
    /// For waits that end in nothing but time or a stop. On the caller's context: the service itself has none, but the
    /// simulation runs a whole fleet on one thread, and whatever left it for the pool would leave its order too.
    /// </summary>
    public const ConfigureAwaitOptions Quietly =
        ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext;
}
