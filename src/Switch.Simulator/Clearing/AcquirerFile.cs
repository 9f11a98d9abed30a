using System.Globalization;
using System.Security.Cryptography;
using CsvHelper;

namespace Switch.Simulator;

/// <summary>
/// The file that an acquirer sends of a business date, made from the ledger of its host: semicolons, amounts in minor
/// units with D or C, a header, a total per currency and a trailer with the SHA-256 of what stands before it.
/// </summary>
public static class AcquirerFile
{
    private static readonly CsvWriterOptions Options = new()
    {
        Separator = ';',
        NewLine = "\n",
        ValidateFieldCount = false,
    };

    /// <summary>
    /// Writes the file: every approval that moved money and every reversal of one; what is only held is not cleared.
    /// </summary>
    /// <param name="ledger">Entries of one business date, in order of arrival.</param>
    /// <param name="host">Name of the acquirer, for the header.</param>
    /// <param name="businessDate">The date that the lines bear.</param>
    /// <param name="plan">What to plant.</param>
    /// <param name="stream">Where to; stays open.</param>
    /// <returns>What was planted, each difference once.</returns>
    public static IReadOnlyList<PlantedDifference> Write(
        IReadOnlyList<LedgerEntry> ledger, string host, DateOnly businessDate, AcquirerFilePlan plan, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(stream);
        var movements = Movements(ledger, businessDate);
        var planted = new DifferencePlanter(plan).Plant(movements);

        using var sha = SHA256.Create();
        using (var hashed = new CryptoStream(stream, sha, CryptoStreamMode.Write, leaveOpen: true))
        using (var csv = CsvWriter.Create(hashed, Options, leaveOpen: true))
            Body(csv, host, businessDate, movements);

        using var trailer = CsvWriter.Create(stream, Options, leaveOpen: true);
        Row(trailer, "T", Number(movements.Count), Convert.ToHexStringLower(sha.Hash!));
        return planted;
    }

    private static List<AcquirerMovement> Movements(IReadOnlyList<LedgerEntry> ledger, DateOnly date)
    {
        var bySequence = ledger.ToDictionary(static entry => entry.Sequence);
        var movements = new List<AcquirerMovement>();
        foreach (var entry in ledger)
        {
            if (entry is { IsApproval: true, IsHold: false, ApprovedMinor: > 0 })
                movements.Add(AcquirerMovement.Of(entry, entry, date, isReversal: false));
            else if (entry is { Kind: LedgerKind.Reversal, DuplicateOf: null, Original: { } original }
                && bySequence.TryGetValue(original, out var request)
                && request is { IsApproval: true, IsHold: false, ApprovedMinor: > 0 })
                movements.Add(AcquirerMovement.Of(request, entry, date, isReversal: true));
        }

        return movements;
    }

    private static void Body(CsvWriter csv, string host, DateOnly date, List<AcquirerMovement> movements)
    {
        Row(csv, "H", host, Date(date));
        foreach (var m in movements)
        {
            Row(csv, "D", m.IsReversal ? "reversal" : "sale or refund", m.Rrn, m.ApprovalCode, m.CardLastFour,
                m.Terminal,
                m.Merchant, m.Currency, m.IsCredit ? "C" : "D", Number(m.AmountMinor), Date(m.BusinessDate));
        }

        var totals = movements.GroupBy(static m => m.Currency).OrderBy(static g => g.Key, StringComparer.Ordinal);
        foreach (var total in totals)
        {
            Row(csv, "C", total.Key, Number(total.Count()),
                Number(total.Where(static m => !m.IsCredit).Sum(static m => m.AmountMinor)),
                Number(total.Where(static m => m.IsCredit).Sum(static m => m.AmountMinor)));
        }
    }

    private static void Row(CsvWriter csv, params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields) csv.WriteField(field);
        csv.EndRecord();
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Date(DateOnly date) => date.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
}
