using System.ComponentModel.DataAnnotations;

namespace Switch.Service.Recovery;

/// <summary>How what the dead leave behind is found; section <c>Switch:Recovery</c>.</summary>
internal sealed class RecoveryOptions
{
    /// <summary>
    /// How often claims that stay open are put into the shared index; 20 ms to 1 min. What is open for less than that,
    /// twice over, never gets in.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.020", "00:01:00")]
    public TimeSpan IndexInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How often the index is searched for claims whose lease has run out and reversals that nobody owes any more; 50
    /// ms to 10 min. Shortened by up to a quarter at random, so that instances do not fall into step.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:10:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Requests looked at in one sweep.</summary>
    [Range(1, 100_000)]
    public int SweepMax { get; set; } = 500;
}
