using System.Text;
using CsvHelper;
using Switch.Settlement.Files;

namespace Switch.Settlement.Tests.Files;

public sealed class StatementTests
{
    [Fact]
    public void Csv_OfTheSample_IsTheGoldenFile() =>
        GoldenFile.Check("statement.csv", stream => StatementCsv.Write(Samples.Statement, stream));

    [Fact]
    public void Html_OfTheSample_IsTheGoldenFile() =>
        GoldenFile.Check("statement.html", stream => StatementHtml.Write(Samples.Statement, stream));

    [Fact]
    public void Html_HostileText_IsTextAndFetchesNothing()
    {
        var html = Encoding.UTF8.GetString(GoldenFile.Bytes(s => StatementHtml.Write(Samples.Statement, s)));

        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotContain("href=", html, StringComparison.Ordinal);
        Assert.DoesNotContain("src=", html, StringComparison.Ordinal);
        Assert.DoesNotContain("url(", html, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Csv_TextThatWouldRunAsFormula_IsText()
    {
        using var csv = CsvReader.Create(GoldenFile.Bytes(s => StatementCsv.Write(Samples.Statement, s)));
        var adjustments = new List<(string Text, string Amount)>();
        while (csv.Read())
        {
            if (csv.GetString("record") == "adjustment")
                adjustments.Add((csv.GetString("text"), csv.GetString("amount")));
        }

        Assert.StartsWith("'=HYPERLINK", adjustments[0].Text, StringComparison.Ordinal);
        // A number keeps its sign: only text is guarded.
        Assert.Equal("-25.00", adjustments[0].Amount);
    }

    [Fact]
    public void Csv_EveryRow_HasTheSameColumns()
    {
        using var csv = CsvReader.Create(GoldenFile.Bytes(s => StatementCsv.Write(Samples.Statement, s)));
        while (csv.Read()) Assert.Equal(csv.Headers.Count, csv.FieldCount);
    }

    [Fact]
    public void Statement_Carried_IsWhatIsLeft()
    {
        var s = Samples.Statement;
        Assert.Equal(s.BroughtMinor + s.GrossMinor + s.FeesMinor + s.VatMinor + s.ReserveMinor + s.AdjustmentsMinor
            - s.Payout!.AmountMinor, s.CarriedMinor);
        Assert.Equal(s.FeesMinor, s.Fees.Sum(f => f.AmountMinor));
    }

    [Fact]
    public void Html_Yen_HasNoDecimals()
    {
        var yen = Samples.Statement with { Currency = "JPY" };
        var html = Encoding.UTF8.GetString(GoldenFile.Bytes(s => StatementHtml.Write(yen, s)));
        Assert.Contains(">1,234,567</td>", html, StringComparison.Ordinal);
    }
}
