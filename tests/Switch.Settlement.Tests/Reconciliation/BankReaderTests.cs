using System.Text;
using Switch.Settlement.Reconciliation;
using Switch.Settlement.Tests.Terms;

namespace Switch.Settlement.Tests.Reconciliation;

public sealed class BankReaderTests
{
    private static readonly DateOnly Today = new(2026, 3, 5);

    [Theory]
    [InlineData("02")]
    [InlineData("08")]
    public void Camt_EntriesAndBatch_AreRead(string version)
    {
        var read = Read(Camt.Statement(version, 100m, 1_250.50m, "EUR",
            Camt.Entry(version, 1_200.50m, "EUR", "R1",
                Camt.Transaction("NOTPROVIDED", null, "EUR", "ALPHA ACQUIRING 0203")),
            Camt.Entry(version, -50m, "EUR", "R2",
                "<Btch><PmtInfId>B1</PmtInfId><NbOfTxs>2</NbOfTxs></Btch>"
                + Camt.Transaction("P1", 30m, "EUR") + Camt.Transaction("P2", 20m, "EUR")),
            Camt.Entry(version, 7m, "EUR", "R3", status: "PDNG")));

        Assert.Empty(read.Faults);
        Assert.Equal("DE89370400440532013000", read.File!.Account);
        Assert.Equal(
            [("R1", "", 120_050L, "ALPHA ACQUIRING 0203"), ("R2", "P1", -3_000, ""), ("R2", "P2", -2_000, "")],
            read.File.Lines.Select(l => (l.Reference, l.EndToEndId, l.AmountMinor, l.Text)));
        Assert.All(read.File.Lines, l => Assert.Equal(Today, l.BookingDate));
    }

    [Fact]
    public void Camt_BatchWithoutAmounts_IsOneMovement()
    {
        var read = Read(Camt.Statement("08", 100m, 50m, "EUR", Camt.Entry("08", -50m, "EUR", "R2",
            "<Btch><PmtInfId>B1</PmtInfId></Btch>" + Camt.Transaction("P1", null, "EUR")
                + Camt.Transaction("P2", null, "EUR"))));
        var line = Assert.Single(read.File!.Lines);
        Assert.Equal(("B1", -5_000L), (line.BatchId, line.AmountMinor));
    }

    [Fact]
    public void Camt_Yen_HasNoDecimals()
    {
        var read = Read(Camt.Statement("08", 0m, 700m, "JPY", Camt.Entry("08", 700m, "JPY", "R1")));
        Assert.Equal(700, Assert.Single(read.File!.Lines).AmountMinor);
    }

    [Theory]
    [InlineData("<Amt Ccy=\"EUR\">50</Amt>", "<Amt Ccy=\"EUR\">51</Amt>", "do not make")]
    [InlineData("OPBD", "XXXX", "opening")]
    [InlineData("Ccy=\"EUR\">50", "Ccy=\"XXQ\">50", "no currency")]
    [InlineData(">50</Amt>", ">5O</Amt>", "no amount")]
    [InlineData(">50</Amt>", ">50.001</Amt>", "decimals")]
    [InlineData(">50</Amt>", ">10000000000000.01</Amt>", "10^15")]
    [InlineData("<CdtDbtInd>DBIT", "<CdtDbtInd>NONE", "neither")]
    [InlineData("<BookgDt><Dt>2026-03-05", "<BookgDt><Dt>2026-13-05", "no booking date")]
    [InlineData("<BookgDt><Dt>2026-03-05", "<BookgDt><Dt>2026-04-05", "future")]
    [InlineData("camt.053.001.08", "camt.054.001.08", "not a camt.053")]
    [InlineData("</Stmt>", "</Stnt>", "not well-formed")]
    [InlineData("<Document", "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><Document", "not well-formed")]
    public void Camt_ThatDoesNotHoldTogether_IsRefusedWhole(string from, string to, string expected)
    {
        var text = Encoding.UTF8.GetString(Camt.Statement("08", 100m, 50m, "EUR", Camt.Entry("08", -50m, "EUR", "R1")));
        var broken = text.Replace(from, to, StringComparison.Ordinal);
        Assert.NotEqual(text, broken);
        var read = Read(Encoding.UTF8.GetBytes(broken));
        Assert.Null(read.File);
        Assert.Contains(read.Faults, f => f.Contains(expected, StringComparison.Ordinal));
        Assert.All(read.Faults, f => Assert.StartsWith("bank.xml:", f, StringComparison.Ordinal));
    }

    [Fact]
    public void Camt_BatchThatDoesNotAddUp_IsRefused()
    {
        var read = Read(Camt.Statement("08", 100m, 50m, "EUR", Camt.Entry("08", -50m, "EUR", "R2",
            "<Btch><NbOfTxs>3</NbOfTxs></Btch>" + Camt.Transaction("P1", 30m, "EUR")
                + Camt.Transaction("P2", 21m, "EUR"))));
        Assert.Equal(2, read.Faults.Count);
    }

    [Fact]
    public void Csv_OfTheSampleMapping_IsRead()
    {
        var text = "Date,Reference,EndToEndId,Amount,Currency,Text\n"
            + "2026-03-05,R1,,1200.50,EUR,\"ALPHA ACQUIRING, 0203\"\n2026-03-05,R2,P1,-30.00,EUR,payout\n";
        var read = BankCsvReader.Read(
            "bank.csv", Encoding.UTF8.GetBytes(text), SampleTerms.Read().Reconciliation.BankCsv!, Today, "A");
        Assert.Empty(read.Faults);
        Assert.Equal([("R1", "", 120_050L), ("R2", "P1", -3_000L)],
            read.File!.Lines.Select(l => (l.Reference, l.EndToEndId, l.AmountMinor)));
    }

    [Fact]
    public void Camt_OneTransactionOfAnotherCurrencyOrGross_CountsByItsEntry()
    {
        var read = Read(Camt.Statement("08", 100m, 270m, "EUR",
            Camt.Entry("08", 92m, "EUR", "R1", Camt.Transaction("", 100m, "USD", "from abroad")),
            Camt.Entry("08", 78m, "EUR", "R2", Camt.Transaction("", 80m, "EUR", "before charges"))));
        Assert.Empty(read.Faults);
        Assert.Equal([9_200L, 7_800L], read.File!.Lines.Select(l => l.AmountMinor));
    }

    [Fact]
    public void Camt_ReferenceInTheDetailsAlone_IsRead()
    {
        var details = Camt.Transaction("P1", null, "EUR").Replace(
            "<Refs>", "<Refs><AcctSvcrRef>D1</AcctSvcrRef>", StringComparison.Ordinal);
        var read = Read(Camt.Statement("08", 100m, 50m, "EUR", Camt.Entry("08", -50m, "EUR", "", details)));
        Assert.Equal("D1", Assert.Single(read.File!.Lines).Reference);
    }

    [Fact]
    public void Csv_TextThatIsLongOrHasLines_IsCutAndKept()
    {
        var text = "Date,Reference,EndToEndId,Amount,Currency,Text\n2026-03-05,R1,,1.00,EUR,\"ALPHA\r\nACQUIRING "
            + new string('x', 600) + "\"\n";
        var read = BankCsvReader.Read(
            "bank.csv", Encoding.UTF8.GetBytes(text), SampleTerms.Read().Reconciliation.BankCsv!, Today, "A");
        Assert.Empty(read.Faults);
        var line = Assert.Single(read.File!.Lines);
        Assert.StartsWith("ALPHA ACQUIRING xx", line.Text, StringComparison.Ordinal);
        Assert.Equal(500, line.Text.Length);
    }

    private static Imported<BankStatement> Read(byte[] content) => Camt053Reader.Read("bank.xml", content, Today);
}
