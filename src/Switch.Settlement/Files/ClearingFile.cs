using System.Security.Cryptography;
using CsvHelper;

namespace Switch.Settlement.Files;

/// <summary>One financial movement that the acquirer is asked to settle.</summary>
/// <param name="Kind">"sale", "refund" or "reversal".</param>
/// <param name="Rrn">DE 37.</param>
/// <param name="ApprovalCode">DE 38, may be empty.</param>
/// <param name="Stan">DE 11.</param>
/// <param name="TerminalId">DE 41.</param>
/// <param name="MerchantId">DE 42.</param>
/// <param name="BusinessDate">Its own business date.</param>
/// <param name="AcceptedAt">When the switch accepted it.</param>
/// <param name="Scheme">Card scheme, may be empty.</param>
/// <param name="CardLastFour">Last four digits.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="AmountMinor">Minor units; positive is a debit of the cardholder, negative a credit.</param>
internal sealed record ClearingLine(
    string Kind,
    string Rrn,
    string ApprovalCode,
    int Stan,
    string TerminalId,
    string MerchantId,
    DateOnly BusinessDate,
    DateTimeOffset AcceptedAt,
    string Scheme,
    string CardLastFour,
    string Currency,
    long AmountMinor);

/// <summary>What stands at the head of a file to an acquirer.</summary>
/// <param name="Acquirer">Name of the acquirer.</param>
/// <param name="CloseDate">The business date that the close ended.</param>
/// <param name="ClosedAt">When it was closed: the only time in the file that is no transaction's.</param>
internal sealed record ClearingHeader(string Acquirer, DateOnly CloseDate, DateTimeOffset ClosedAt);

/// <summary>
/// The clearing file of an acquirer: H, then D lines, then a C line per currency, then T with the SHA-256 of every byte
/// before it. docs/settlement-files.md names the columns.
/// </summary>
internal static class ClearingFile
{
    private const string Version = "1";

    /// <summary>Writes the file; lines are taken one by one and not kept.</summary>
    /// <returns>How many detail lines it has.</returns>
    public static long Write(ClearingHeader header, IEnumerable<ClearingLine> lines, Stream stream)
    {
        using var sha = SHA256.Create();
        long count;
        using (var hashed = new CryptoStream(stream, sha, CryptoStreamMode.Write, leaveOpen: true))
        using (var csv = CsvOutput.Open(hashed))
            count = Body(csv, header, lines);

        using var trailer = CsvOutput.Open(stream);
        trailer.WriteField("T");
        trailer.WriteField(count, default);
        trailer.WriteField(Convert.ToHexStringLower(sha.Hash!));
        trailer.EndRecord();
        return count;
    }

    private static long Body(CsvWriter csv, ClearingHeader header, IEnumerable<ClearingLine> lines)
    {
        CsvOutput.Row(csv, "H", Version, header.Acquirer, CsvOutput.Text(header.CloseDate),
            CsvOutput.Text(header.ClosedAt));
        var count = 0L;
        var totals = new SortedDictionary<string, Total>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            Detail(csv, line, ++count);
            totals[line.Currency] = totals.GetValueOrDefault(line.Currency).Plus(line.AmountMinor);
        }

        foreach (var (currency, total) in totals)
        {
            csv.WriteField("C");
            csv.WriteField(currency);
            csv.WriteField(total.Count, default);
            csv.WriteField(total.DebitMinor, default);
            csv.WriteField(total.CreditMinor, default);
            csv.EndRecord();
        }

        return count;
    }

    private static void Detail(CsvWriter csv, ClearingLine line, long number)
    {
        csv.WriteField("D");
        csv.WriteField(number, default);
        csv.WriteField(line.Kind);
        csv.WriteField(line.Rrn);
        csv.WriteField(line.ApprovalCode);
        csv.WriteField(line.Stan, default);
        csv.WriteField(line.TerminalId);
        csv.WriteField(line.MerchantId);
        csv.WriteField(CsvOutput.Text(line.BusinessDate));
        csv.WriteField(CsvOutput.Text(line.AcceptedAt));
        csv.WriteField(line.Scheme);
        csv.WriteField(line.CardLastFour);
        csv.WriteField(line.Currency);
        csv.WriteField(line.AmountMinor >= 0 ? "D" : "C");
        csv.WriteField(Math.Abs(line.AmountMinor), default);
        csv.EndRecord();
    }

    private readonly record struct Total(long Count, long DebitMinor, long CreditMinor)
    {
        public Total Plus(long minor) => checked(new Total(
            Count + 1, DebitMinor + Math.Max(minor, 0), CreditMinor + Math.Max(-minor, 0)));
    }
}
