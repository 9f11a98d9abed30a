using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Switch.Simulator.Tests;

/// <summary>docs/simulator.md names every key that a scenario knows, and its example is a scenario.</summary>
public sealed partial class DocumentationTests
{
    [Theory]
    [InlineData("x: 1")]
    [InlineData("defaults: { x: 1 }")]
    [InlineData("network: { x: 1 }")]
    [InlineData("duplicates: { x: 1 }")]
    [InlineData("reversals: { x: 1 }")]
    [InlineData("rules: [{ x: 1, then: silent }]")]
    [InlineData("rules: [{ when: { x: 1 }, then: silent }]")]
    [InlineData("rules: [{ then: { x: 1 } }]")]
    public void Manual_Section_NamesEveryKey(string yaml)
    {
        Assert.False(Scenario.TryParse(yaml, "x", out _, out var faults));
        var keys = Assert.Single(faults).Message.Split("known are ")[1].Split(", ");
        var manual = Manual();
        Assert.NotEmpty(keys);
        Assert.All(keys, key => Assert.Matches($@"(`|\b){key}(`|:)", manual));
    }

    [Fact]
    public void Manual_Example_IsAScenario() => Scenario.Parse(Example().Match(Manual()).Groups[1].Value);

    private static string Manual([CallerFilePath] string thisFile = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "docs", "simulator.md"));

    [GeneratedRegex(@"```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
