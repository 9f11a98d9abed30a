using System.Text.RegularExpressions;

namespace Switch.HouseRules.Tests;

/// <summary>G6 by construction: what holds card data has no way into a log.</summary>
public sealed partial class CardDataRulesTests
{
    [Fact]
    public void LogMessages_Parameters_NeverCarryCardsMessagesOrBytes()
    {
        var methods = LogFiles().SelectMany(f => Methods(f.Text).Select(m => (f.Path, Method: m))).ToList();
        Assert.True(methods.Count > 40, "the pattern no longer finds the log methods");
        Assert.Empty(methods.Where(m => CarriesCardData(m.Method)).Select(m => $"{m.Path}: {m.Method}"));
    }

    /// <summary>A declaration that the pattern can't read would be one that the rule above never looks at.</summary>
    [Fact]
    public void LogMessages_EveryDeclaration_IsRead() =>
        Assert.Empty(LogFiles()
            .Where(f => Declaration().Count(f.Text) != Methods(f.Text).Count())
            .Select(f => $"{f.Path}: {Declaration().Count(f.Text)} declared, {Methods(f.Text).Count()} read"));

    [Theory]
    [InlineData("[LoggerMessage(1, \"a\")] static partial void A(ILogger logger, Pan pan);", true)]
    [InlineData("[LoggerMessage(\n 1,\n \"a\")]\npublic static partial void A(\n ILogger logger,\n byte[] raw);", true)]
    [InlineData("[LoggerMessage(1, \"a (b)\")]\nstatic partial void A(\n ILogger logger,\n IsoMessage\n reply);", true)]
    [InlineData("[LoggerMessage(\n 1,\n \"a\")]\nstatic partial void A(\n ILogger logger, string detail);", false)]
    public void LogMessages_Rule_ReadsDeclarationsOfSeveralLines(string source, bool carriesCardData) =>
        Assert.Equal(carriesCardData, CarriesCardData(Assert.Single(Methods(source))));

    [Fact]
    public void PlainLogCalls_InService_None() =>
        Assert.Empty(Repository.Sources("src/Switch.Service")
            .SelectMany(f => f.Lines.Where(l => PlainLogCall().IsMatch(l)).Select(l => $"{f.Path}: {l.Trim()}")));

    private static IEnumerable<(string Path, string Text)> LogFiles() =>
        Repository.Sources("src").Select(f => (f.Path, Text: string.Join('\n', f.Lines)))
            .Where(f => Declaration().IsMatch(f.Text));

    private static IEnumerable<string> Methods(string source) => LogMethod().Matches(source).Select(m => m.Value);

    private static bool CarriesCardData(string method) => CardType().IsMatch(method);

    [GeneratedRegex(@"\[LoggerMessage\(")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"static\s+partial\s+void\s+\w+\s*\([^)]*\bILogger\b[^)]*\)\s*;")]
    private static partial Regex LogMethod();

    [GeneratedRegex(
        @"(\b(Pan|Track2|PinBlock|EmvData|CardExpiry|Card|IMessage|IsoMessage|AuthorizeRequest)|\bbyte\[\]|"
        + @"\b(ReadOnlySpan|ReadOnlyMemory|Span|Memory)<byte>)\??\s+\w+")]
    private static partial Regex CardType();

    [GeneratedRegex(@"\.Log(Trace|Debug|Information|Warning|Error|Critical)\(")]
    private static partial Regex PlainLogCall();
}
