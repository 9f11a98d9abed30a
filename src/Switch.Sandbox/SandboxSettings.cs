using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Switch.Sandbox;

/// <summary>How the sandbox is set up. The defaults are what a new user gets.</summary>
public sealed class SandboxSettings
{
    /// <summary>Fixed, documented ports where they are free; false: any free port, so that several can run.</summary>
    public bool PreferFixedPorts { get; init; } = true;

    /// <summary>Where keys and journal live; null: a temporary folder that is removed at the end.</summary>
    public string? StateFolder { get; init; }

    /// <summary>A Redis to use instead of the embedded store, as a StackExchange.Redis connection string.</summary>
    public string? Redis { get; init; }

    /// <summary>A Kafka to use instead of the embedded broker, as host:port.</summary>
    public string? Kafka { get; init; }

    /// <summary>More configuration for the switch, by full path, for example "Switch:Limits:InFlightMax".</summary>
    public IReadOnlyDictionary<string, string?> Configuration { get; init; } = new Dictionary<string, string?>();

    /// <summary>Changes where the switch logs to; null: errors to the console.</summary>
    public Action<ILoggingBuilder>? Logging { get; init; }

    /// <summary>Replaces services of the switch, for tests.</summary>
    internal Action<IServiceCollection> Replace { get; init; } = static _ => { };
}
