namespace Switch.Simulator;

/// <summary>One rule: when, and what then.</summary>
/// <param name="Name">For the ledger and for people.</param>
/// <param name="Line">Where it was written, from 1.</param>
/// <param name="When">Its conditions.</param>
/// <param name="Then">Its actions.</param>
internal sealed record ScenarioRule(string Name, int Line, RuleConditions When, RuleActions Then);
