namespace Switch.Routing;

/// <summary>Declares the schemes; their number is 1 + their index, 0 stays for unknown cards.</summary>
internal static class SchemeCompiler
{
    internal static string[] Compile(RouteConfig config, NameIndex schemes, FaultList faults)
    {
        if (config.Schemes.Count == 0) faults.Add(config.Line, "schemes", "at least one scheme is needed");
        if (config.Schemes.Count > RoutingLimits.Schemes)
        {
            faults.Add(config.Schemes[RoutingLimits.Schemes].Line, "schemes",
                $"{config.Schemes.Count} schemes; at most {RoutingLimits.Schemes} are allowed");
            return [];
        }

        var names = new List<string>();
        for (int i = 0; i < config.Schemes.Count; i++)
        {
            Located<string> name = config.Schemes[i];
            if (name.Value == FeeConfig.Default)
                faults.Add(name.Line, $"schemes[{i}]", "'default' stands for all schemes in fees and cannot be a name");
            else if (schemes.Declare(name, names.Count + 1, $"schemes[{i}]"))
                names.Add(name.Value);
        }
        return [.. names];
    }
}
