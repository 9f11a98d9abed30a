namespace Switch.Routing;

/// <summary>A rule whose names are resolved. The matrix is built from it; the explainer reads it as it is.</summary>
internal sealed class CompiledRule
{
    private readonly IntervalSet?[] _conditions = new IntervalSet?[DimensionCount];

    internal const int DimensionCount = (int)RuleDimension.Time + 1;

    internal required string Name { get; init; }

    internal required SourceLine Line { get; init; }

    /// <summary>As written; kept so that explanations can say what a condition asked for.</summary>
    internal required ConditionsConfig When { get; init; }

    internal required CompiledCandidates Candidates { get; init; }

    internal required bool AllowsFallback { get; init; }

    /// <summary>False for a rule with a fault: what it matches is then not known.</summary>
    internal bool IsSound { get; set; }

    /// <summary>The values that satisfy a condition, or null when the rule does not ask.</summary>
    internal IntervalSet? this[RuleDimension dimension]
    {
        get => _conditions[(int)dimension];
        set => _conditions[(int)dimension] = value;
    }

    /// <summary>True when every query that the other rule matches is matched by this one.</summary>
    internal bool Covers(CompiledRule other)
    {
        for (int i = 0; i < DimensionCount; i++)
        {
            if (_conditions[i] is not { } mine) continue;
            if (other._conditions[i] is not { } theirs || !mine.Contains(theirs)) return false;
        }
        return true;
    }
}

/// <summary>Candidates whose names are resolved, as listed.</summary>
internal sealed class CompiledCandidates
{
    internal required RouteStrategy Strategy { get; init; }

    internal required SourceLine Line { get; init; }

    /// <summary>Acquirer indexes.</summary>
    internal required byte[] Acquirers { get; init; }

    /// <summary>One for each acquirer.</summary>
    internal required int[] Weights { get; init; }
}
