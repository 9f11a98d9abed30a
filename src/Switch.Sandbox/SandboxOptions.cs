namespace Switch.Sandbox;

/// <summary>What to run.</summary>
internal enum SandboxMode
{
    /// <summary>Everything, the demonstration, then stay up.</summary>
    Stay,

    /// <summary>Everything, the demonstration, then leave.</summary>
    Once,

    /// <summary>Only the Redis-protocol store, for load tests.</summary>
    StoreOnly,

    /// <summary>Only the Kafka-protocol broker, for load tests.</summary>
    BrokerOnly,

    /// <summary>Send request files to a switch that is already up.</summary>
    Send,

    /// <summary>Say how to use this.</summary>
    Help,
}

/// <summary>The command line.</summary>
internal sealed record SandboxOptions(SandboxMode Mode, IReadOnlyList<string> Files, string Address)
{
    public const string DefaultAddress = "http://127.0.0.1:7400";

    public const string Usage = """
        Switch sandbox: everything a card payment switch needs, in one process, nothing to install.

          dotnet run --project src/Switch.Sandbox                    start it all, send a demonstration, stay up
          dotnet run --project src/Switch.Sandbox -- --once          the same, then exit; the last line is JSON
          dotnet run --project src/Switch.Sandbox -- send FILE...    send request files to a sandbox that is up
                                                  [--address URL]    (default http://127.0.0.1:7400)
          dotnet run --project src/Switch.Sandbox -- --store-only    only the Redis-protocol store
          dotnet run --project src/Switch.Sandbox -- --broker-only   only the Kafka-protocol broker
        """;

    /// <summary>Reads the command line; null and a fault when it can't be understood.</summary>
    public static SandboxOptions? Parse(IReadOnlyList<string> args, out string fault)
    {
        fault = "";
        var mode = SandboxMode.Stay;
        var address = DefaultAddress;
        var files = new List<string>();
        for (var i = 0; i < args.Count; i++)
        {
            switch (args[i])
            {
                case "--once": mode = SandboxMode.Once; break;
                case "--store-only": mode = SandboxMode.StoreOnly; break;
                case "--broker-only": mode = SandboxMode.BrokerOnly; break;
                case "--help" or "-h": mode = SandboxMode.Help; break;
                case "send" when i == 0: mode = SandboxMode.Send; break;
                case "--address" when mode == SandboxMode.Send:
                    address = ++i < args.Count ? args[i] : "";
                    if (IsUrl(address)) break;
                    fault = $"--address needs a URL such as {DefaultAddress}";
                    return null;
                default:
                    if (mode == SandboxMode.Send && !args[i].StartsWith('-'))
                    {
                        files.Add(args[i]);
                        break;
                    }

                    fault = $"unknown argument: {args[i]}";
                    return null;
            }
        }

        if (mode == SandboxMode.Help) return new SandboxOptions(mode, [], address);
        if (mode == SandboxMode.Send && files.Count == 0)
            fault = "send needs at least one file, for example samples/requests/01-visa-chip-purchase.json";
        return fault.Length == 0 ? new SandboxOptions(mode, files, address) : null;
    }

    private static bool IsUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url!.Scheme is "http" or "https";
}
