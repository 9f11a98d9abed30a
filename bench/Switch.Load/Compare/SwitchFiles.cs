using System.Security.Cryptography;
using System.Text.Json;
using Switch.Load.Payments;

namespace Switch.Load.Compare;

/// <summary>
/// What the switch reads: its configuration, with every default left as it is, and the files that it names.
/// </summary>
internal static class SwitchFiles
{
    public const string Topic = "payments.transaction.v1";
    private const int KeyBytes = 32;

    private static readonly string[] Purposes = ["seal", "token", "identity"];

    private const string Routes = """
        format: 1
        schemes: [visa, mastercard]
        acquirers:
          - { name: alpha, fees: { default: { fixed: 0, bps: 10 } } }
        bin_ranges:
          - { bin: 4, scheme: visa }
          - { bin: 510000-559999, scheme: mastercard }
        rules:
          - name: mastercard
            when: { scheme: mastercard }
            priority: alpha
        fallback:
          priority: alpha

        """;

    /// <summary>
    /// Writes them into the switch's working folder; keys that are there stay, and <paramref name="more"/> outranks
    /// what is set here.
    /// </summary>
    public static void Write(
        string folder, TerminalOfMerchant[] terminals, string listen, string management, string operations,
        string redis, string kafka, string acquirer, IReadOnlyDictionary<string, string>? more = null)
    {
        Directory.CreateDirectory(folder);
        if (!File.Exists(Path.Combine(folder, "keys.json"))) WriteKeys(Path.Combine(folder, "keys.json"));
        File.WriteAllText(Path.Combine(folder, "routes.yaml"), Routes);
        File.WriteAllText(Path.Combine(folder, "merchants.yaml"), Terminals.ToMerchantsFile(terminals));
        var settings = new Dictionary<string, string>
        {
            ["Switch:InstanceName"] = "load",
            ["Switch:Listen:Terminals"] = listen,
            ["Switch:Listen:Management"] = management,
            ["Switch:Listen:Operations"] = operations,
            ["Switch:Redis:Configuration"] = redis,
            ["Switch:Kafka:BootstrapServers"] = kafka,
            ["Switch:Journal:Path"] = Path.Combine(folder, "journal", "journal.db"),
            ["Switch:Files:Keys"] = Path.Combine(folder, "keys.json"),
            ["Switch:Files:Merchants"] = Path.Combine(folder, "merchants.yaml"),
            ["Switch:Routes:File"] = Path.Combine(folder, "routes.yaml"),
            ["Switch:Acquirers:alpha:Endpoints:0"] = acquirer,
            ["Switch:Acquirers:alpha:AcquiringInstitutionId"] = "123456",
        };
        foreach (var (name, value) in more ?? new Dictionary<string, string>()) settings[name] = value;
        File.WriteAllText(Path.Combine(folder, "appsettings.json"), JsonSerializer.Serialize(settings));
    }

    private static void WriteKeys(string path)
    {
        var keys = Purposes.Select(static purpose => new
        {
            id = $"{purpose}-1",
            purpose,
            key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)),
        });
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        JsonSerializer.Serialize(file, new { keys });
    }
}
