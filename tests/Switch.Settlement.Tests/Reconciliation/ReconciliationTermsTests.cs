using Switch.Settlement.Reconciliation;
using Switch.Settlement.Tests.Terms;

namespace Switch.Settlement.Tests.Reconciliation;

public sealed class ReconciliationTermsTests
{
    [Fact]
    public void Sample_SaysWhatItSays()
    {
        var terms = SampleTerms.Read().Reconciliation;
        Assert.Equal(["alpha", "beta", "gamma"], terms.Files.Keys.Order());
        Assert.Equal(2, terms.Files["alpha"].Controls.Count);
        Assert.True(terms.Files["alpha"].Money.IsMinor);
        Assert.Equal(1, terms.Files["alpha"].Match.Of("JPY").AmountMinor);
        var gamma = terms.Files["gamma"];
        Assert.Equal(("windows-1252", '.'), (gamma.Layout.Encoding, gamma.Money.GroupSeparator));
        Assert.Equal(["ALPHA ACQUIRING", "BETA MERCHANT"], terms.Receipts.Select(r => r.Contains));
        Assert.Equal(7, terms.BankMatch.TimingDays);
    }

    [Fact]
    public void BankCsv_NamesItsAccount_OrHasTheOperators()
    {
        var named = SampleTerms.Read(SampleTerms.Text.Replace(
            "    csv:\n", "    csv:\n      account: DE02 1203 0000 0000 2020 51\n", StringComparison.Ordinal));
        var text = "Date,Reference,EndToEndId,Amount,Currency,Text\n"u8.ToArray();
        foreach (var (terms, account) in new[] { (named, "DE02120300000000202051"), (SampleTerms.Read(), "OWN") })
        {
            var read = BankCsvReader.Read(
                "a.csv", text, terms.Reconciliation.BankCsv!, new DateOnly(2026, 3, 5), "OWN");
            Assert.Equal(account, read.File!.Account);
        }
    }

    [Theory]
    [InlineData("acquirer: alpha", "acquirer: delta", "one of 'acquirers'")]
    [InlineData("acquirer: beta\n", "acquirer: alpha\n", "mapped twice")]
    [InlineData("encoding: windows-1252", "encoding: ebcdic", "utf-8")]
    [InlineData("rrn: 3,", "rrn: RRN,", "number of a column")]
    [InlineData("date_format: yyyyMMdd", "date_format: MMdd", "year, month and day")]
    [InlineData("negative: [C]", "negatives: [C]", "unknown key 'negatives'")]
    [InlineData("amounts: minor", "amounts: cents", "decimal or minor")]
    [InlineData("currency: 8, ", "", "so that 'currency'")]
    [InlineData("group_separator: \".\"", "group_separator: \",\"", "decimal separator")]
    [InlineData("delimiter: \";\"", "delimiter: \";;\"", "one ASCII character")]
    [InlineData("    csv:\n", "    csv:\n      account: //1\n", "an IBAN, or an account number")]
    [InlineData("- { currency: JPY, minor: 1 }", "- { currency: JPY, minor: -1 }", "minor units")]
    public void Faults_NameTheLineAndTheKey(string from, string to, string expected)
    {
        var text = SampleTerms.Text;
        var broken = text.Replace(from, to, StringComparison.Ordinal);
        Assert.NotEqual(text, broken);
        var faults = SampleTerms.Faults(broken);
        Assert.Contains(faults, f => f.Contains(expected, StringComparison.Ordinal)
            && f.StartsWith("settlement.yaml:", StringComparison.Ordinal)
            && f.Contains("reconciliation", StringComparison.Ordinal));
    }
}
