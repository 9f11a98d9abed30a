using System.ComponentModel.DataAnnotations;

namespace Switch.Service.Routes;

/// <summary>Where the routing table comes from. Section <c>Switch:Routes</c>.</summary>
internal sealed class RoutesOptions
{
    /// <summary>Path of the routing file (docs/routing.md).</summary>
    [Required]
    public string File { get; set; } = "routes.yaml";

    /// <summary>
    /// How often to look for a change that no notification came for, 1 s to 10 min. Renames over the file and the
    /// symbolic links of Kubernetes ConfigMaps are seldom notified.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(5);
}
