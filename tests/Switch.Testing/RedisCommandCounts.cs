namespace Switch.Testing;

/// <summary>Compares two answers of <see cref="RedisServerFixture.CommandCountsAsync"/>.</summary>
public static class RedisCommandCounts
{
    /// <summary>
    /// What ran in between, as <c>get 1, set 2</c>: every command but the connections' own upkeep and the fixture's
    /// question.
    /// </summary>
    public static string Difference(IReadOnlyDictionary<string, long> before, IReadOnlyDictionary<string, long> after)
    {
        var changed = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (name, count) in after)
        {
            var more = count - before.GetValueOrDefault(name);
            var isUpkeep = name is "info" or "ping" or "hello" || name.StartsWith("client", StringComparison.Ordinal);
            if (more > 0 && !isUpkeep) changed[name] = more;
        }

        return string.Join(", ", changed.Select(static pair => $"{pair.Key} {pair.Value}"));
    }
}
