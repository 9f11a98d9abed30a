using System.Data.Common;
using System.Globalization;
using Dapper;
using Switch.Settlement.Books;
using Switch.Settlement.Files;

namespace Switch.Settlement.Fees;

/// <summary>One line of the explanation of a payment's fees.</summary>
/// <param name="What">"merchant fee", "VAT", "interchange", "scheme fee" or "reserve".</param>
/// <param name="RuleKey">Which rule.</param>
/// <param name="RuleText">What it said when it was used.</param>
/// <param name="BasisMinor">The amount that it was computed from.</param>
/// <param name="Exact">The exact amount in minor units, negative when it was given back.</param>
/// <param name="PostedMinor">What was posted.</param>
/// <param name="RemainderMicro">Exact less posted, in millionths of a minor unit.</param>
/// <param name="Currency">Of all amounts.</param>
internal sealed record FeeExplanationLine(
    string What,
    string RuleKey,
    string RuleText,
    long BasisMinor,
    decimal Exact,
    long PostedMinor,
    long RemainderMicro,
    Currency Currency)
{
    // All that there can be: three of a major unit, and millionths of a minor one.
    private const string AllDecimals = "0.#########";

    /// <summary>
    /// In the major unit: "merchant fee: 1.2 % + 0.08 EUR, of 12.90 EUR: 0.2348 is posted as 0.23 EUR, remainder
    /// 0.0048".
    /// </summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{What}: {RuleText}, of {Currency.ToMajor(BasisMinor)} {Currency.Code}: {Major(Exact)} is posted as "
            + $"{Currency.ToMajor(PostedMinor)} {Currency.Code}, remainder {Major(RemainderMicro / 1_000_000m)}");

    private string Major(decimal minor)
    {
        for (var i = 0; i < Currency.Exponent; i++) minor /= 10;
        return minor.ToString(AllDecimals, CultureInfo.InvariantCulture);
    }
}

/// <summary>Explains a payment's fees line by line, from what is stored: the file may have changed since.</summary>
internal static class FeeExplanation
{
    private const string Sql =
        "SELECT p.account AS Account, p.amount_minor AS AmountMinor, p.remainder_micro AS RemainderMicro, "
        + "r.rule_key AS RuleKey, r.rule_text AS RuleText, t.currency AS Currency "
        + "FROM payment t JOIN posting p ON p.entry_id = t.approval_entry_id "
        + "LEFT JOIN fee_rule r ON r.id = p.rule_id "
        + "WHERE t.transaction_id = @transactionId ORDER BY p.line";

    private static readonly string Reversals =
        "SELECT MIN(e.settle_date) FROM payment t JOIN entry e ON e.payment_id = t.id AND e.payment_id > 0 "
        + $"WHERE t.transaction_id = @transactionId AND e.kind = {(int)EntryKind.Reversal}";

    /// <summary>The lines of a payment's approval; none when nothing was posted, or there is no such payment.</summary>
    public static async Task<IReadOnlyList<FeeExplanationLine>> LoadAsync(DbConnection connection, string transactionId)
    {
        var rows = (await connection.QueryAsync<Row>(Sql, new { transactionId })).AsList();
        if (rows.Count == 0) return [];
        return Of(
            [
                .. rows.Select(static row => new Posting(
                    (Account)row.Account,
                    row.AmountMinor,
                    row.RuleKey is null ? null : new FeeRule(row.RuleKey, row.RuleText ?? ""),
                    row.RemainderMicro)),
            ],
            rows[0].Currency);
    }

    /// <summary>
    /// The settlement date, YYYY-MM-DD, of the reversal that took back a payment with all its fees; null when none did.
    /// A refund takes back nothing: it is a payment with fees of its own.
    /// </summary>
    public static Task<string?> LoadReversalAsync(DbConnection connection, string transactionId) =>
        connection.ExecuteScalarAsync<string?>(Reversals, new { transactionId });

    /// <summary>The same of the lines of an approval's entry.</summary>
    /// <exception cref="InvalidDataException">There is no such currency.</exception>
    public static IReadOnlyList<FeeExplanationLine> Of(IReadOnlyList<Posting> approval, string currency)
    {
        var known = Currency.Of(currency);
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
                remainder,
                known));
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

        public string Currency { get; set; } = "";
    }
}
