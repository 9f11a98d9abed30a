using System.Text.RegularExpressions;
using Switch.Service.Hosting;

namespace Switch.EndToEnd.Tests;

/// <summary>A folder with everything that the service needs to start, and the configuration that names it.</summary>
internal sealed partial class ServiceConfiguration : IDisposable
{
    public ServiceConfiguration()
    {
        Folder = Directory.CreateTempSubdirectory("switch-start-").FullName;
        SwitchHost.CreateKeyFile(PathOf("keys.json"));
        File.WriteAllText(
            PathOf("merchants.yaml"),
            """
            merchants:
              - id: BAKERY-BERLIN
                name: Baeckerei Sonnenschein
                city: Berlin
                country: DE
                mcc: "5462"
                terminals: [BK000001]
            """);
        File.Copy(Path.Combine(AppContext.BaseDirectory, "routes.yaml"), PathOf("routes.yaml"));
        Values = new Dictionary<string, string?>
        {
            ["Switch:InstanceName"] = "start-test",
            ["Switch:Listen:Terminals"] = "127.0.0.1:0",
            ["Switch:Listen:Management"] = "127.0.0.1:0",
            ["Switch:Listen:Operations"] = "127.0.0.1:0",
            ["Switch:Redis:Configuration"] = "127.0.0.1:1",
            ["Switch:Kafka:BootstrapServers"] = "127.0.0.1:1",
            ["Switch:Journal:Path"] = PathOf("journal.db"),
            ["Switch:Files:Keys"] = PathOf("keys.json"),
            ["Switch:Files:Merchants"] = PathOf("merchants.yaml"),
            ["Switch:Routes:File"] = PathOf("routes.yaml"),
            ["Switch:Shutdown:DrainDelay"] = "00:00:00",
            ["Switch:Shutdown:Grace"] = "00:00:01",
            ["Switch:Acquirers:alpha:Endpoints:0"] = "127.0.0.1:1",
            ["Switch:Acquirers:beta:Endpoints:0"] = "127.0.0.1:1",
        };
    }

    public string Folder { get; }

    public Dictionary<string, string?> Values { get; }

    public string PathOf(string file) => Path.Combine(Folder, file);

    public ProgramProcess Start() => ProgramProcess.Start("Switch.Service", [], Values);

    /// <summary>The addresses in log event 1000, or 1019: terminals, management, operations.</summary>
    /// <param name="service">The process.</param>
    /// <param name="says">What the event says: that it is ready, or that it is up.</param>
    public static async Task<string[]> AddressesAsync(ProgramProcess service, string says = "is ready on")
    {
        await service.SaysAsync(says);
        return [.. Url().Matches(service.Output[service.Output.IndexOf(says, StringComparison.Ordinal)..])
            .Take(3).Select(match => match.Value)];
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    [GeneratedRegex(@"https?://[0-9.]+:\d+")]
    private static partial Regex Url();
}
