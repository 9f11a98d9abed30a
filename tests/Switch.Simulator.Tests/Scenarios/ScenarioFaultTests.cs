namespace Switch.Simulator.Tests;

public sealed class ScenarioFaultTests
{
    [Theory]
    [InlineData("sede: 1", 1, "unknown key 'sede'")]
    [InlineData("seed: 1\ndefaults:\n  cod: \"00\"", 3, "defaults: unknown key 'cod'; known are code, latency")]
    [InlineData("rules:\n  - when: { amount: 1 }", 2, "'then' is missing")]
    [InlineData("rules:\n  - then: silent\n  - then: sielnt", 3, "rules[1].then: unknown key 'sielnt'")]
    [InlineData("rules:\n  - then:\n      code: \"5\"", 3, "rules[0].then.code: '5' is not a response code")]
    [InlineData("rules:\n  - then: { code: \"51\", approve: true }", 2, "only one of approve, code and partial")]
    [InlineData("rules:\n  - then: { partial: 150% }", 2, "'150%' is not a share such as 50%")]
    [InlineData("rules:\n  - then: { late: 12 }", 2, "'12' is not a duration")]
    [InlineData("rules:\n  - then: { latency: soon }", 2, "rules[0].then.latency.fixed: 'soon' is not a duration")]
    [InlineData("rules:\n  - then: { latency: { fixed: 1ms, uniform: 1-2ms } }", 2, "only one of fixed, uniform")]
    [InlineData("rules:\n  - then: { latency: { uniform: 20-2ms } }", 2, "'20-2ms' is not a range")]
    [InlineData("rules:\n  - then: { latency: { lognormal: { median: 9ms, p99: 1ms } } }", 2, "'p99' not below it")]
    [InlineData("rules:\n  - then: { latency: 11m }", 2, "'11m' is not a duration")]
    [InlineData("rules:\n  - then: { silent: true, answer_twice: true }", 2, "cannot be spoilt")]
    [InlineData("rules:\n  - then: { drop_field: [1] }", 2, "'1' is not a field from 2 to 128")]
    [InlineData("rules:\n  - then: { change_field: { 200: x } }", 2, "a field from 2 to 128 with its value")]
    [InlineData("rules:\n  - then: { malformed: strange }", 2, "'strange' is not garbage, truncated")]
    [InlineData("rules:\n  - { when: { amount: 5-1 }, then: silent }", 2, "when.amount: '5-1' is not an amount")]
    [InlineData("rules:\n  - { when: { amount: [] }, then: silent }", 2, "the list is empty")]
    [InlineData("rules:\n  - { when: { amount_mod: { by: 3, is: 3 } }, then: silent }", 2, "'is' is below it")]
    [InlineData("rules:\n  - { when: { currency: EUR }, then: silent }", 2, "'EUR' is not an ISO 4217 number")]
    [InlineData("rules:\n  - { when: { probability: 2 }, then: silent }", 2, "'2' is not a number above 0")]
    [InlineData("rules:\n  - { when: { every: 0 }, then: silent }", 2, "'0' is not a whole number from 1")]
    [InlineData("rules:\n  - { when: { kind: chargeback }, then: silent }", 2, "'chargeback' is not authorization")]
    [InlineData("network: { sign_on: maybe }", 1, "network.sign_on: 'maybe' is not accept, refuse or silent")]
    [InlineData("duplicates: { answer: again }", 1, "'again' is not a response code or 'replay'")]
    [InlineData("rules: {}", 1, "rules: a list is expected here")]
    [InlineData("- 1", 1, "keys with values are expected here")]
    [InlineData("", 1, "one document is expected, not 0")]
    [InlineData("seed: 1\nrules: [", 3, "this is not YAML")]
    [InlineData("seed: 1\nseed: 2", 2, "this is not YAML")]
    public void Fault_InFile_IsNamedWithItsLine(string yaml, int line, string expected)
    {
        Assert.False(Scenario.TryParse(yaml, "bad.yaml", out var scenario, out var faults));
        Assert.Null(scenario);
        var fault = Assert.Single(faults);
        Assert.StartsWith($"bad.yaml:{line}: ", fault.ToString(), StringComparison.Ordinal);
        Assert.Contains(expected, fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_Several_AreAllReportedInOrder()
    {
        Assert.False(Scenario.TryParse("seed: x\nfoo: 1\nnetwork:\n  echo: no", "bad.yaml", out _, out var faults));
        Assert.Equal([1, 2, 4], faults.Select(fault => fault.Line));
    }

    [Fact]
    public void Fault_OfACard_DoesNotRepeatIt()
    {
        Assert.False(Scenario.TryParse(
            "rules: [{ when: { pan: \"411111111111111X\" }, then: silent }]", "bad.yaml", out _, out var faults));
        Assert.DoesNotContain("411111", Assert.Single(faults).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_Faulty_Throws()
    {
        var exception = Assert.Throws<ScenarioException>(() => Scenario.Parse("x: 1", "bad"));
        Assert.StartsWith("bad:1: unknown key", exception.Message, StringComparison.Ordinal);
    }
}
