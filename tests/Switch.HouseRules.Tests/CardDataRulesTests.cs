using System.Text.RegularExpressions;

namespace Switch.HouseRules.Tests;

/// <summary>G6 by construction: what holds card data has no way into a log.</summary>
public sealed partial class CardDataRulesTests
{
    [Fact]
    public void LogMessages_Parameters_NeverCarryCardsMessagesOrBytes()
    {
        var logs = Repository.Sources("src").SelectMany(f => f.Lines.Select(l => (f.Path, Line: l)))
            .Where(l => LogMethod().IsMatch(l.Line)).ToList();
        Assert.True(logs.Count > 10, "the pattern no longer finds the log methods");
        Assert.Empty(logs.Where(l => CardType().IsMatch(l.Line)).Select(l => $"{l.Path}: {l.Line.Trim()}"));
    }

    [Fact]
    public void PlainLogCalls_InService_None() =>
        Assert.Empty(Repository.Sources("src/Switch.Service")
            .SelectMany(f => f.Lines.Where(l => PlainLogCall().IsMatch(l)).Select(l => $"{f.Path}: {l.Trim()}")));

    [GeneratedRegex(@"static partial void \w+\(.*ILogger")]
    private static partial Regex LogMethod();

    [GeneratedRegex(
        @"\b(Pan|Track2|PinBlock|EmvData|CardExpiry|Card|byte\[\]|ReadOnlySpan<byte>|ReadOnlyMemory<byte>|IMessage|"
        + @"IsoMessage|AuthorizeRequest)\s+\w+")]
    private static partial Regex CardType();

    [GeneratedRegex(@"\.Log(Trace|Debug|Information|Warning|Error|Critical)\(")]
    private static partial Regex PlainLogCall();
}
