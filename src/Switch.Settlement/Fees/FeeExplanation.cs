using System.Data.Common;
using System.Globalization;
using Dapper;
using Switch.Settlement.Books;

namespace Switch.Settlement.Fees;

/// <summary>One line of the explanation of a payment's fees.</summary>
/// <param name="What">"merchant fee", "VAT", "interchange", "scheme fee" or "reserve".</param>
/// <param name="RuleKey">Which rule.</param>
/// <param name="RuleText">What it said when it was used.</param>
/// <param name="BasisMinor">The amount that it was computed from.</param>
/// <param name="Exact">The exact amount in minor units, negative when it was given back.</param>
/// <param name="PostedMinor">What was posted.</param>
/// <param name="RemainderMicro">Exact less posted, in millionths of a minor unit.</param>
internal sealed record FeeExplanationLine(
    string What,
    string RuleKey,
    string RuleText,
    long BasisMinor,
    decimal Exact,
    long PostedMinor,
    long RemainderMicro)
{
    /// <summary>"merchant fee: 1.2 % + 0.08 EUR, of 1290: 23.48 is posted as 23, remainder 0.48".</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{What}: {RuleText}, of {BasisMinor}: {Exact} is posted as {PostedMinor}, "
            + $"remainder {RemainderMicro / 1_000_000m}");
}

/// <summary>Explains a payment's fees line by line, from what is stored: the file may have changed since.</summary>
internal static class FeeExplanation
{
    private const string Sql =
        "SELECT p.account AS Account, p.amount_minor AS AmountMinor, p.remainder_micro AS RemainderMicro, "
        + "r.rule_key AS RuleKey, r.rule_text AS RuleText "
        + "FROM payment t JOIN posting p ON p.entry_id = t.approval_entry_id "
        + "LEFT JOIN fee_rule r ON r.id = p.rule_id "
        + "WHERE t.transaction_id = @transactionId ORDER BY p.line";

    /// <summary>The lines of a payment's approval; none when nothing was posted, or there is no such payment.</summary>
    public static async Task<IReadOnlyList<FeeExplanationLine>> LoadAsync(DbConnection connection, string transactionId)
    {
        var rows = await connection.QueryAsync<Row>(Sql, new { transactionId });
        return Of(
        [
            .. rows.Select(static row => new Posting(
                (Account)row.Account,
                row.AmountMinor,
                row.RuleKey is null ? null : new FeeRule(row.RuleKey, row.RuleText ?? ""),
                row.RemainderMicro)),
        ]);
    }

    /// <summary>The same of the lines of an approval's entry.</summary>
    public static IReadOnlyList<FeeExplanationLine> Of(IReadOnlyList<Posting> approval)
    {
        var lines = new List<FeeExplanationLine>();
        var gross = 0L;
        var fee = 0L;
        foreach (var line in approval)
        {
            if (line.Rule is null)
            {
                if (line.Account == Account.MerchantPayable) gross = Math.Abs(line.AmountMinor);
                continue;
            }

            // Each pair has one account that tells what it is; its sign there is that of a fee that is charged.
            var (what, sign) = line.Account switch
            {
                Account.FeeIncome => ("merchant fee", -1),
                Account.VatPayable => ("VAT", -1),
                Account.Interchange => ("interchange", 1),
                Account.SchemeCost => ("scheme fee", 1),
                Account.MerchantReserve => ("reserve", -1),
                _ => ("", 0),
            };
            if (sign == 0) continue;
            var posted = sign * line.AmountMinor;
            if (line.Account == Account.FeeIncome) fee = Math.Abs(posted);
            var remainder = sign * line.RemainderMicro;
            lines.Add(new FeeExplanationLine(
                what,
                line.Rule.Key,
                line.Rule.Text,
                line.Account == Account.VatPayable ? fee : gross,
                posted + (remainder / 1_000_000m),
                posted,
                remainder));
        }

        return lines;
    }

    private sealed class Row
    {
        public long Account { get; set; }

        public long AmountMinor { get; set; }

        public long RemainderMicro { get; set; }

        public string? RuleKey { get; set; }

        public string? RuleText { get; set; }
    }
}
