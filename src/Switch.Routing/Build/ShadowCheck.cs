namespace Switch.Routing;

/// <summary>
/// Finds rules that can never match because one earlier rule matches whenever they would. Several earlier rules that
/// do so only together are not found.
/// </summary>
internal static class ShadowCheck
{
    internal static void Check(CompiledRule[] rules, FaultList faults)
    {
        for (int later = 1; later < rules.Length; later++)
        {
            if (!rules[later].IsSound) continue;
            for (int earlier = 0; earlier < later; earlier++)
            {
                if (!rules[earlier].IsSound || !rules[earlier].Covers(rules[later])) continue;
                faults.Add(rules[later].Line, $"rules[{later}]",
                    $"'{rules[later].Name}' can never match: '{rules[earlier].Name}' in {rules[earlier].Line} "
                    + "matches whatever it would");
                break;
            }
        }
    }
}
