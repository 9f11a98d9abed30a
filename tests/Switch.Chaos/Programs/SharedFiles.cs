using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Switch.Chaos.Programs;

/// <summary>The files that all instances read: keys, merchants, routes.</summary>
internal sealed record SharedFiles(string Keys, string Merchants, string Routes)
{
    private const int KeyBytes = 32;
    private const int TerminalsOfMerchant = 8;

    private const string RoutesText = """
        format: 1
        schemes: [visa, mastercard, amex]
        acquirers:
          - { name: alpha, fees: { default: { fixed: 0, bps: 10 } } }
          - { name: beta, fees: { default: { fixed: 0, bps: 20 } } }
        bin_ranges:
          - { bin: 4, scheme: visa }
          - { bin: 510000-559999, scheme: mastercard }
          - { bin: 37, scheme: amex, funding: credit }
        rules:
          - name: mastercard
            when: { scheme: mastercard }
            priority: [beta, alpha]
        fallback:
          priority: [alpha, beta]

        """;

    /// <summary>Merchant and terminal of a place at the counter.</summary>
    public static (string Merchant, string Terminal) Counter(int number) => (
        string.Create(CultureInfo.InvariantCulture, $"CHAOS-{number / TerminalsOfMerchant:000}"),
        string.Create(CultureInfo.InvariantCulture, $"T{number:0000000}"));

    public static SharedFiles Write(string folder, int counters)
    {
        var files = new SharedFiles(
            Path.Combine(folder, "keys.json"),
            Path.Combine(folder, "merchants.yaml"),
            Path.Combine(folder, "routes.yaml"));
        WriteKeys(files.Keys);
        File.WriteAllText(files.Routes, RoutesText);
        File.WriteAllText(files.Merchants, MerchantsText(counters));
        return files;
    }

    private static void WriteKeys(string path)
    {
        var keys = new[] { "seal", "token", "identity" }.Select(purpose => new
        {
            id = $"{purpose}-1",
            purpose,
            key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)),
        });
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        JsonSerializer.Serialize(file, new { keys });
    }

    private static string MerchantsText(int counters)
    {
        var text = new StringBuilder("merchants:\n");
        foreach (var merchant in Enumerable.Range(0, counters).Select(Counter).GroupBy(counter => counter.Merchant))
        {
            text.Append(CultureInfo.InvariantCulture, $"  - id: {merchant.Key}\n    name: Chaos {merchant.Key}\n");
            text.Append("    city: Berlin\n    country: DE\n    mcc: \"5411\"\n");
            text.Append(CultureInfo.InvariantCulture,
                $"    terminals: [{string.Join(", ", merchant.Select(counter => counter.Terminal))}]\n");
        }

        return text.ToString();
    }
}
