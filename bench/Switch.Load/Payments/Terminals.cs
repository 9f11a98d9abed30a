using System.Globalization;
using System.Text;

namespace Switch.Load.Payments;

/// <summary>A terminal as the switch knows it.</summary>
internal readonly record struct TerminalOfMerchant(string Merchant, string Terminal);

/// <summary>The terminals that pay: generated ones, or those of a file.</summary>
internal static class Terminals
{
    /// <summary>More would not all have ids of one length.</summary>
    public const int GeneratedMax = 80_000;

    private const int TerminalsOfMerchant = 8;
    private const int MerchantIdMax = 15;
    private const int TerminalIdMax = 8;

    /// <summary>Those of samples/merchants.yaml, which the sandbox serves.</summary>
    public static readonly TerminalOfMerchant[] OfSamples =
    [
        new("BAKERY-BERLIN", "BK000001"), new("BAKERY-BERLIN", "BK000002"), new("MARKET-PARIS", "MP000001"),
        new("MARKET-PARIS", "MP000002"), new("MARKET-PARIS", "MP000003"), new("HOTEL-WIEN", "HW000001"),
        new("FUEL-LYON", "FL000001"), new("FUEL-LYON", "FL000002"), new("WEBSHOP-EU", "WEB00001"),
    ];

    /// <summary>LOAD-0000 with L0000000 to L0000007, and so on; all ids have one length.</summary>
    public static TerminalOfMerchant[] Generate(int count) =>
        [.. Enumerable.Range(0, count).Select(static n => new TerminalOfMerchant(
            string.Create(CultureInfo.InvariantCulture, $"LOAD-{n / TerminalsOfMerchant:0000}"),
            string.Create(CultureInfo.InvariantCulture, $"L{n:0000000}")))];

    /// <summary>The merchants file that a switch needs for them.</summary>
    public static string ToMerchantsFile(IEnumerable<TerminalOfMerchant> terminals)
    {
        var text = new StringBuilder("merchants:\n");
        foreach (var merchant in terminals.GroupBy(static t => t.Merchant, static t => t.Terminal))
        {
            text.Append(CultureInfo.InvariantCulture, $"  - id: {merchant.Key}\n    name: Load {merchant.Key}\n");
            text.Append("    city: Berlin\n    country: DE\n    mcc: \"5411\"\n");
            text.Append(CultureInfo.InvariantCulture, $"    terminals: [{string.Join(", ", merchant)}]\n");
        }

        return text.ToString();
    }

    /// <summary>Reads "merchant,terminal" lines; null and a fault when one can't be used.</summary>
    public static TerminalOfMerchant[]? Read(IReadOnlyList<string> lines, out string fault)
    {
        fault = "";
        var terminals = new List<TerminalOfMerchant>();
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i].Trim();
            if (line.Length == 0 || line[0] == '#') continue;
            var parts = line.Split(',', StringSplitOptions.TrimEntries);
            if (parts is not [{ Length: > 0 and <= MerchantIdMax }, { Length: > 0 and <= TerminalIdMax }])
            {
                fault = $"line {i + 1}: not \"merchant,terminal\" with at most {MerchantIdMax} and {TerminalIdMax} "
                    + "characters";
                return null;
            }

            terminals.Add(new TerminalOfMerchant(parts[0], parts[1]));
        }

        if (terminals.Count > 0) return [.. terminals];
        fault = "no terminal in it";
        return null;
    }
}
