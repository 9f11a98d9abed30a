namespace Switch.Chaos.Reports;

/// <summary>What a run has to reach for its result to say anything.</summary>
internal static class Floors
{
    /// <summary>The floors that were not reached, each as a person reads it.</summary>
    public static IReadOnlyList<string> Missed(ChaosOptions options, int kills, int authorizations)
    {
        var missed = new List<string>();
        if (kills < options.MinKills) missed.Add($"{kills} kills, and --min-kills wants {options.MinKills}");
        if (authorizations < options.MinAuthorizations)
            missed.Add($"{authorizations} authorizations, and --min-authorizations wants {options.MinAuthorizations}");
        return missed;
    }
}
