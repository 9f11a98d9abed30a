using System.Text.Json;
using Switch.Programs;

namespace Switch.Load.Compare;

/// <summary>What an acquirer's ledger file says of each retrieval reference number.</summary>
internal static class LedgerReader
{
    /// <summary>Approvals that stand: usually one a number.</summary>
    public static ILookup<UInt128, Approval> Read(string path) =>
        File.ReadLines(path).Select(Parse).OfType<Approval>().ToLookup(static approval => approval.Rrn);

    private static Approval? Parse(string line)
    {
        try
        {
            using var entry = JsonDocument.Parse(line);
            var root = entry.RootElement;
            if (!root.GetProperty("isUnreversedApproval").GetBoolean()) return null;
            return new Approval(
                Ids.Rrn(root.GetProperty("rrn").GetString()), root.GetProperty("approvedMinor").GetInt64(),
                Ids.Rrn(root.TryGetProperty("approvalCode", out var code) ? code.GetString() : ""));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException)
        {
            throw new HarnessException("the acquirer's ledger has a line that can't be read", e);
        }
    }
}
