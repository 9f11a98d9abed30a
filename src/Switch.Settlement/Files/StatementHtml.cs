using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text;

namespace Switch.Settlement.Files;

/// <summary>
/// A statement to print: one HTML file for A4 without scripts, links or anything to fetch. Every value is encoded.
/// </summary>
internal static class StatementHtml
{
    private const int BufferChars = 16 * 1024;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);
    private static readonly string Style = Resource("statement.css");

    /// <summary>Writes the statement.</summary>
    public static void Write(Statement statement, Stream stream)
    {
        using var html = new StreamWriter(stream, Utf8, BufferChars, leaveOpen: true) { NewLine = "\n" };
        var currency = Currency.Of(statement.Currency);
        Head(html, statement);
        Summary(html, statement, currency);
        Fees(html, statement, currency);
        Adjustments(html, statement, currency);
        Transactions(html, statement, currency);
        html.WriteLine("</main>");
        html.WriteLine("</body>");
        html.WriteLine("</html>");
    }

    private static void Head(TextWriter html, Statement statement)
    {
        var title = $"Statement {statement.Number}";
        html.WriteLine("<!DOCTYPE html>");
        html.WriteLine("<html lang=\"en\">");
        html.WriteLine("<head>");
        html.WriteLine("<meta charset=\"utf-8\">");
        html.WriteLine("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        html.WriteLine($"<title>{Encode(title)}</title>");
        html.WriteLine("<style>");
        html.Write(Style);
        html.WriteLine("</style>");
        html.WriteLine("</head>");
        html.WriteLine("<body>");
        html.WriteLine("<main>");
        var issuer = Joined(statement.IssuerName, statement.IssuerDetails);
        html.WriteLine($"<header><p class=\"issuer\">{Encode(issuer)}</p>");
        html.WriteLine("<h1>Merchant statement</h1>");
        html.WriteLine($"<p class=\"day\">Business date {Day(statement.CloseDate)}</p></header>");
        html.WriteLine("<dl class=\"facts\">");
        Fact(html, "Merchant", statement.MerchantName.Length > 0 ? statement.MerchantName : statement.MerchantId);
        Fact(html, "Merchant number", statement.MerchantId);
        Fact(html, "Statement", statement.Number);
        Fact(html, "Currency", statement.Currency);
        html.WriteLine("</dl>");
        if (statement.MerchantDetails.Count > 0)
            html.WriteLine($"<p class=\"address\">{Encode(Joined("", statement.MerchantDetails))}</p>");
    }

    private static void Summary(TextWriter html, Statement statement, Currency currency)
    {
        html.WriteLine("<section class=\"summary\">");
        html.WriteLine("<h2>Summary</h2>");
        html.WriteLine("<table>");
        Total(html, "Brought forward", statement.BroughtMinor, currency);
        Total(html, $"Transactions ({statement.Lines.Count.ToString("N0", CultureInfo.InvariantCulture)})",
            statement.GrossMinor, currency);
        Total(html, "Fees", statement.FeesMinor, currency);
        Total(html, "Value added tax on fees", statement.VatMinor, currency);
        Total(html, "Reserve", statement.ReserveMinor, currency);
        Total(html, "Adjustments", statement.AdjustmentsMinor, currency);
        var payout = statement.Payout;
        Total(html, payout is null ? "Payout: none" : $"Payout, value date {Day(payout.ValueDate)}",
            -(payout?.AmountMinor ?? 0), currency, "paid");
        Total(html, "Carried forward", statement.CarriedMinor, currency, "closing");
        html.WriteLine("</table>");
        if (payout is not null) html.WriteLine($"<p class=\"note\">Paid to {Encode(payout.Account)}</p>");
        if (statement.HoldReason.Length > 0)
            html.WriteLine($"<p class=\"note\">Kept back: {Encode(statement.HoldReason)}</p>");
        html.WriteLine("</section>");
    }

    private static void Fees(TextWriter html, Statement statement, Currency currency)
    {
        if (statement.Fees.Count == 0) return;
        html.WriteLine("<section>");
        html.WriteLine("<h2>Fees by rule</h2>");
        html.WriteLine("<table><thead><tr><th>Rule</th><th class=\"n\">Transactions</th><th class=\"n\">Fee</th></tr>"
            + "</thead>");
        html.WriteLine("<tbody>");
        foreach (var fee in statement.Fees)
        {
            html.WriteLine($"<tr><td>{Encode(fee.Text)}</td>"
                + $"<td class=\"n\">{fee.Count.ToString("N0", CultureInfo.InvariantCulture)}</td>"
                + $"{Amount(fee.AmountMinor, currency)}</tr>");
        }

        html.WriteLine("</tbody></table>");
        html.WriteLine("</section>");
    }

    private static void Adjustments(TextWriter html, Statement statement, Currency currency)
    {
        if (statement.Adjustments.Count == 0) return;
        html.WriteLine("<section>");
        html.WriteLine("<h2>Adjustments</h2>");
        html.WriteLine("<table><thead><tr><th>Date</th><th>What</th><th class=\"n\">Amount</th></tr></thead>");
        html.WriteLine("<tbody>");
        foreach (var adjustment in statement.Adjustments)
        {
            html.WriteLine($"<tr><td class=\"t\">{Day(adjustment.Date)}</td><td>{Encode(adjustment.Text)}</td>"
                + $"{Amount(adjustment.AmountMinor, currency)}</tr>");
        }

        html.WriteLine("</tbody></table>");
        html.WriteLine("</section>");
    }

    private static void Transactions(TextWriter html, Statement statement, Currency currency)
    {
        html.WriteLine("<section class=\"transactions\">");
        html.WriteLine("<h2>Transactions</h2>");
        html.WriteLine("<table><thead><tr><th>Time (UTC)</th><th>Kind</th><th>Terminal</th><th>Reference</th>"
            + "<th>Card</th><th class=\"n\">Amount</th><th class=\"n\">Fee</th><th class=\"n\">VAT</th>"
            + "<th class=\"n\">Reserve</th><th class=\"n\">Net</th></tr></thead>");
        html.WriteLine("<tbody>");
        foreach (var line in statement.Lines)
        {
            var late = line.BusinessDate == statement.CloseDate
                ? "" : $"<br><small>of {Day(line.BusinessDate)}</small>";
            html.WriteLine(
                $"<tr><td class=\"t\">{line.AcceptedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss}{late}</td>"
                + $"<td>{Encode(line.Kind)}</td><td>{Encode(line.TerminalId)}</td>"
                + $"<td>{Encode(line.Rrn)}{Approval(line)}</td>"
                + $"<td>{Encode(line.Scheme)} …{Encode(line.CardLastFour)}</td>"
                + Amount(line.GrossMinor, currency) + Amount(line.FeeMinor, currency) + Amount(line.VatMinor, currency)
                + Amount(line.ReserveMinor, currency) + Amount(line.NetMinor, currency) + "</tr>");
        }

        html.WriteLine("</tbody>");
        html.WriteLine("<tfoot><tr><td colspan=\"5\">Total</td>" + Amount(statement.GrossMinor, currency)
            + Amount(statement.FeesMinor, currency) + Amount(statement.VatMinor, currency)
            + Amount(statement.ReserveMinor, currency)
            + Amount(statement.NetMinor - statement.AdjustmentsMinor, currency) + "</tr></tfoot>");
        html.WriteLine("</table>");
        html.WriteLine("</section>");
    }

    private static string Approval(StatementLine line) =>
        line.ApprovalCode.Length == 0 ? "" : $"<br><small>approval {Encode(line.ApprovalCode)}</small>";

    private static void Fact(TextWriter html, string name, string value) =>
        html.WriteLine($"<div><dt>{name}</dt><dd>{Encode(value)}</dd></div>");

    private static void Total(TextWriter html, string name, long minor, Currency currency, string style = "") =>
        html.WriteLine($"<tr class=\"{style}\"><th scope=\"row\">{Encode(name)}</th>{Amount(minor, currency)}</tr>");

    private static string Amount(long minor, Currency currency)
    {
        var format = $"N{currency.Exponent}";
        // A true minus sign: it is as wide as a digit, so that columns stand.
        var text = currency.ToMajor(minor).ToString(format, CultureInfo.InvariantCulture).Replace('-', '\u2212');
        return $"<td class=\"n\">{text}</td>";
    }

    private static string Day(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Joined(string name, IReadOnlyList<string> details) =>
        string.Join(" · ", details.Prepend(name).Where(static part => part.Length > 0));

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    private static string Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"files/{name}")!;
        using var reader = new StreamReader(stream, Utf8);
        return reader.ReadToEnd();
    }
}
