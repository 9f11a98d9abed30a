using System.Collections.Frozen;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Switch.Service.Merchants;

/// <summary>Reads merchants.yaml. The format is explained in samples/merchants.yaml.</summary>
internal static class MerchantFile
{
    /// <summary>Merchants in one file; a bound on memory, about 1 KB each.</summary>
    public const int MerchantsMax = 100_000;

    private const int TerminalsMax = 10_000;

    /// <summary>The merchants, or all that is wrong with the file.</summary>
    public static MerchantRegister? TryRead(string text, out IReadOnlyList<string> faults)
    {
        var found = new List<string>();
        faults = found;
        FileNode file;
        try
        {
            file = new DeserializerBuilder()
                .WithNamingConvention(UnderscoredNamingConvention.Instance)
                .WithDuplicateKeyChecking()
                .Build()
                .Deserialize<FileNode>(text) ?? new FileNode();
        }
        catch (YamlException e)
        {
            found.Add($"line {e.Start.Line}: {e.InnerException?.Message ?? e.Message}");
            return null;
        }

        if (file.Merchants is null || file.Merchants.Exists(merchant => merchant is null))
        {
            found.Add("merchants: an entry is empty");
            return null;
        }

        if (file.Merchants.Count is 0 or > MerchantsMax) found.Add($"merchants: must list 1 to {MerchantsMax}");
        var merchants = new List<Merchant>(file.Merchants.Count);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < file.Merchants.Count; i++)
        {
            var node = file.Merchants[i].WithoutNulls();
            Check(node, $"merchants[{i}]", found);
            if (!ids.Add(node.Id)) found.Add($"merchants[{i}].id: {node.Id} is listed twice");
            merchants.Add(new Merchant(
                node.Id, node.Name, node.City, node.Country, node.Mcc,
                node.Terminals.ToFrozenSet(StringComparer.Ordinal),
                node.Concentrators.ToFrozenSet(StringComparer.Ordinal)));
        }

        return found.Count == 0 ? new MerchantRegister(merchants) : null;
    }

    private static void Check(MerchantNode node, string path, List<string> faults)
    {
        CheckId(node.Id, 15, $"{path}.id", faults);
        CheckText(node.Name, 100, $"{path}.name", faults);
        CheckText(node.City, 100, $"{path}.city", faults);
        if (node.Country.Length != 2 || node.Country.AsSpan().ContainsAnyExceptInRange('A', 'Z'))
            faults.Add($"{path}.country: must be two capital letters (ISO 3166)");
        if (node.Mcc.Length != 4 || node.Mcc.AsSpan().ContainsAnyExceptInRange('0', '9'))
            faults.Add($"{path}.mcc: must be four digits");
        if (node.Terminals.Count is 0 or > TerminalsMax) faults.Add($"{path}.terminals: must list 1 to {TerminalsMax}");
        foreach (var terminal in node.Terminals) CheckId(terminal, 8, $"{path}.terminals", faults);
    }

    // No request can name an id with a space at an end: those pad DE 41 and 42.
    private static void CheckId(string id, int lengthMax, string path, List<string> faults)
    {
        CheckText(id, lengthMax, path, faults);
        if (id.Trim(' ').Length != id.Length) faults.Add($"{path}: \"{id}\" begins or ends with a space");
    }

    // What goes into DE 41 to 43 has to be printable ASCII.
    private static void CheckText(string text, int lengthMax, string path, List<string> faults)
    {
        if (text.Length == 0) faults.Add($"{path}: is required");
        else if (text.Length > lengthMax) faults.Add($"{path}: \"{text}\" is longer than {lengthMax} characters");
        else if (text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            faults.Add($"{path}: \"{text}\" is not printable ASCII");
    }

    private sealed class FileNode
    {
        public List<MerchantNode> Merchants { get; set; } = [];
    }

    private sealed class MerchantNode
    {
        public string Id { get; set; } = "";

        public string Name { get; set; } = "";

        public string City { get; set; } = "";

        public string Country { get; set; } = "";

        public string Mcc { get; set; } = "";

        public List<string> Terminals { get; set; } = [];

        public List<string> Concentrators { get; set; } = [];

        // A key without a value is null in YAML; what has to be there is missed below, by name.
        public MerchantNode WithoutNulls() => new()
        {
            Id = Id ?? "",
            Name = Name ?? "",
            City = City ?? "",
            Country = Country ?? "",
            Mcc = Mcc ?? "",
            Terminals = [.. (Terminals ?? []).Select(terminal => terminal ?? "")],
            Concentrators = [.. (Concentrators ?? []).Select(concentrator => concentrator ?? "")],
        };
    }
}
