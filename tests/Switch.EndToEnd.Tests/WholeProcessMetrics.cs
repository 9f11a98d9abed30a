namespace Switch.EndToEnd.Tests;

/// <summary>
/// Tests that count on a metrics page run alone: instruments are the whole process's, so a page shows what every switch
/// in it does.
/// </summary>
[CollectionDefinition(nameof(WholeProcessMetrics), DisableParallelization = true)]
public sealed class WholeProcessMetrics;
