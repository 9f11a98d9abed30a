using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switch.Simulator;

/// <summary>The ledger in JSON: camel case names, enumerations by name, absent values left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LedgerDocument))]
internal sealed partial class LedgerJson : JsonSerializerContext
{
    /// <summary>The whole ledger.</summary>
    public static string Document(Ledger ledger) => JsonSerializer.Serialize(
        new LedgerDocument(ledger.Host, ledger.DuplicateSends, ledger.Totals(), ledger.Entries()),
        Default.LedgerDocument);

    /// <summary>One entry on one line.</summary>
    public static string Line(LedgerEntry entry) => JsonSerializer.Serialize(entry, Default.LedgerEntry);
}

internal sealed record LedgerDocument(
    string Host, long DuplicateSends, IReadOnlyList<LedgerTotal> Totals, IReadOnlyList<LedgerEntry> Entries);
