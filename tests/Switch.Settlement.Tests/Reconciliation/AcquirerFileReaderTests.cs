using System.Text;
using Switch.Settlement.Reconciliation;
using Switch.Settlement.Tests.Terms;
using Switch.Simulator;

namespace Switch.Settlement.Tests.Reconciliation;

public sealed class AcquirerFileReaderTests
{
    private static readonly ReconciliationTerms Terms = SampleTerms.Read().Reconciliation;
    private static readonly DateOnly Today = new(2026, 3, 3);
    private static readonly string Honest = Encoding.UTF8.GetString(Write());

    [Fact]
    public void Read_WrongTrailer_IsRefusedWithItsLine()
    {
        var lines = Honest.Split('\n');
        lines[^2] = lines[^2].Replace("T;", "T;1", StringComparison.Ordinal);
        Refused(string.Join('\n', lines), lines.Length - 1, "details");
    }

    [Fact]
    public void Read_OneDigitChanged_IsRefusedByTheDigestOrTheTotals()
    {
        var at = Honest.IndexOf("BAKERY-BERLIN", StringComparison.Ordinal);
        Refused(Honest[..at] + "C" + Honest[(at + 1)..], null, "SHA-256");
    }

    [Fact]
    public void Read_LineTakenOut_IsRefusedByTheTotals()
    {
        var lines = Honest.Split('\n').ToList();
        lines.RemoveAt(1);
        var faults = Refused(string.Join('\n', lines), null, "the sum of");
        Assert.Contains(faults, f => f.Contains("details", StringComparison.Ordinal));
    }

    [Fact]
    public void Read_ControlRecordsTakenOut_IsRefused() => Refused(
        string.Join('\n', Honest.Split('\n').Where(l => !l.StartsWith('C') && !l.StartsWith('T'))), null, "missing");

    [Theory]
    [InlineData(";978;", ";999;", "no currency")]
    [InlineData(";20260302", ";20260230", "no date")]
    [InlineData(";20260302", ";20260309", "future")]
    [InlineData(";D;", ";X;", "not mapped")]
    [InlineData("\nD;", "\nQ;", "does not know a record")]
    public void Read_FieldThatCannotBe_IsRefusedWithLineAndField(string from, string to, string expected) =>
        Refused(Honest.Replace(from, to, StringComparison.Ordinal), null, expected);

    [Fact]
    public void Read_AmountOverTheBound_IsRefused() => Refused(
        System.Text.RegularExpressions.Regex.Replace(Honest, ";D;[0-9]+;", ";D;1000000000000001;"), null, "10^15");

    [Fact]
    public void Read_BytesThatAreNoText_AreRefusedWithTheirLine()
    {
        var bytes = Encoding.UTF8.GetBytes(Honest);
        bytes[Honest.IndexOf('\n', StringComparison.Ordinal) + 3] = 0xC3;
        Refused(bytes, 2, "not utf-8");
    }

    [Fact]
    public void Read_BrokenQuotes_AreRefused() =>
        Refused(Honest.Replace("D;", "D;\"", StringComparison.Ordinal), null, "CSV");

    [Fact]
    public void Read_AnotherDateThanAsked_IsRefused()
    {
        var read = AcquirerFileReader.Read(
            "alpha.csv", Encoding.UTF8.GetBytes(Honest), Terms.Files["alpha"], new DateOnly(2026, 3, 1), Today);
        Assert.Contains("not of 2026-03-01", Assert.Single(read.Faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-03-05", "2026-03-05", "the date 2026-03-05 is in the future")]
    [InlineData("2026-11-29", "2026-03-02", "the date 2026-11-29 is in the future")]
    [InlineData("2026-02-26", "2026-03-02", "no line is from 3 days before to 3 after 2026-02-26")]
    [InlineData("2025-03-02", "2026-03-02", "no line is from 3 days before to 3 after 2025-03-02")]
    public void Read_AskedDateThatCannotBe_IsRefusedAndNamed(string asked, string line, string expected)
    {
        var read = Gamma(asked, line);
        Assert.Null(read.File);
        Assert.Contains(read.Faults, f => f.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Read_OneLineNearTheAskedDate_IsRead()
    {
        Assert.Empty(Gamma("2026-02-27", "2026-03-02").Faults);
        Assert.Empty(Gamma("2026-03-04", "2026-02-02", "2026-03-02").Faults);
        Assert.Empty(Gamma("2025-03-04").Faults);
    }

    [Theory]
    [InlineData("20260310", null, "20260304", "")]
    [InlineData("20260310", "2026-03-10", "20260304", "")]
    [InlineData("20260310", null, "20260204", "")]
    [InlineData("20260310", null, "20260203", "no line is from 34 days before to 3 after 2026-03-10")]
    [InlineData("", "2026-03-10", "20260307", "")]
    [InlineData("00010101", null, "20260309", "no line is from 34 days before to 3 after 0001-01-01")]
    [InlineData("20260306", null, "20260309", "")]
    [InlineData("20260306", null, "20260310", "no line is from 34 days before to 3 after 2026-03-06")]
    [InlineData("", "2026-03-10", "20260306", "no line is from 3 days before to 3 after 2026-03-10")]
    public void Read_OlderLinesOnly_AreThoseOfAHeadersDateAsFarAsAnImportLooksBack(
        string header, string? asked, string line, string fault)
    {
        var read = AcquirerFileReader.Read(
            "alpha.csv", Encoding.UTF8.GetBytes($"H;alpha;{header}\nD;sale;500000000001;A;4242;T;M;978;D;100;{line}\n"),
            Terms.Files["alpha"] with { Controls = [], HeaderDateColumn = header.Length > 0 ? "3" : null },
            asked is null ? null : DateOnly.Parse(asked, null), new DateOnly(2026, 3, 10));

        Assert.Equal(fault.Length == 0, read.File is not null);
        Assert.Contains(fault, string.Concat(read.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NamedColumnsDecimalCommaAndCodePage_AreUnderstood()
    {
        var text = "Datum;Referenz;Karte;Betrag;Waehrung;Händler\n"
            + "02.03.2026;500000000001;411111******4242;1.234,50;EUR;Bäckerei\n"
            + "02.03.2026;500000000002;******4242;-7,00;EUR;\"a;b\"\n"
            + "02.03.2026;500000000003;******4242;700;JPY;x\n";
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;
        var read = AcquirerFileReader.Read(
            "gamma.csv", encoding.GetBytes(text), Terms.Files["gamma"], new DateOnly(2026, 3, 2), Today);

        Assert.Empty(read.Faults);
        Assert.Equal(
            [
                new SettledLine(2, "500000000001", "", "4242", "EUR", 123_450, new DateOnly(2026, 3, 2)),
                new SettledLine(3, "500000000002", "", "4242", "EUR", -700, new DateOnly(2026, 3, 2)),
                new SettledLine(4, "500000000003", "", "4242", "JPY", 700, new DateOnly(2026, 3, 2)),
            ],
            read.File!.Lines);
    }

    [Theory]
    [InlineData("1.234,505", "more than 2 decimals")]
    [InlineData("1,00000000000000000000000000000001", "more than 2 decimals")]
    [InlineData("12,5,0", "no amount")]
    [InlineData("1e3", "no amount")]
    [InlineData("", "no amount")]
    [InlineData("12.50", "no amount")]
    [InlineData("1.2345,00", "no amount")]
    [InlineData("1234.567,00", "no amount")]
    [InlineData(".123,00", "no amount")]
    [InlineData("1.234.,00", "no amount")]
    [InlineData("1,234.567", "no amount")]
    [InlineData("4111111111111111,00", "'************1111,00'")]
    [InlineData("4111 1111 1111 1111", "'**** **** **** 1111'")]
    public void Read_DecimalThatIsNone_IsRefused(string amount, string expected)
    {
        var text = $"Datum;Referenz;Karte;Betrag;Waehrung\n02.03.2026;500000000001;4242;{amount};EUR\n";
        var read = AcquirerFileReader.Read(
            "gamma.csv", Encoding.UTF8.GetBytes(text), Terms.Files["gamma"], new DateOnly(2026, 3, 2), Today);
        Assert.Null(read.File);
        Assert.StartsWith("gamma.csv:2: ", read.Faults[0], StringComparison.Ordinal);
        Assert.Contains(expected, read.Faults[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.234.567,05", 123_456_705)]
    [InlineData("-1.234", -123_400)]
    [InlineData("1234,5", 123_450)]
    [InlineData("+12,00", 1_200)]
    public void Read_DecimalWithGroupsOfThree_IsRead(string amount, long minor)
    {
        var text = $"Datum;Referenz;Karte;Betrag;Waehrung\n02.03.2026;500000000001;4242;{amount};EUR\n";
        var read = AcquirerFileReader.Read(
            "gamma.csv", Encoding.UTF8.GetBytes(text), Terms.Files["gamma"], new DateOnly(2026, 3, 2), Today);
        Assert.Empty(read.Faults);
        Assert.Equal(minor, Assert.Single(read.File!.Lines).AmountMinor);
    }

    [Fact]
    public void Read_CardWhereADateOrCurrencyShouldBe_IsNotPrinted()
    {
        foreach (var line in (ReadOnlySpan<string>)
            ["4111111111111111;R;4242;1,00;EUR", "02.03.2026;R;4242;1,00;4111111111111111"])
        {
            var read = AcquirerFileReader.Read(
                "gamma.csv", Encoding.UTF8.GetBytes($"Datum;Referenz;Karte;Betrag;Waehrung\n{line}\n"),
                Terms.Files["gamma"], new DateOnly(2026, 3, 2), Today);
            Assert.Contains("************1111", Assert.Single(read.Faults), StringComparison.Ordinal);
            Assert.DoesNotContain("4111", read.Faults[0], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Read_NoDateAnywhere_IsRefused()
    {
        var read = AcquirerFileReader.Read(
            "gamma.csv", "Datum;Referenz;Karte;Betrag;Waehrung\n"u8.ToArray(), Terms.Files["gamma"], null, Today);
        Assert.Contains("which business date", Assert.Single(read.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AnyBytes_AreReadOrRefusedAndNeverThrow()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var i = 0; i < 3_000; i++)
        {
            var bytes = Encoding.UTF8.GetBytes(Honest);
            for (var n = random.Next(1, 6); n > 0; n--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            bytes = bytes[..random.Next(bytes.Length + 1)];
            var read = AcquirerFileReader.Read("alpha.csv", bytes, Terms.Files["alpha"], null, Today);
            Assert.True(read.File is null == read.Faults.Count > 0, $"seed {seed}");
            // What the digest covers was not changed when the file is taken.
            var before = Encoding.UTF8.GetBytes(Honest[..Honest.LastIndexOf("\nT;", StringComparison.Ordinal)]);
            Assert.True(read.File is null || bytes.AsSpan().StartsWith(before), $"seed {seed}");
        }
    }

    private static Imported<AcquirerImport> Gamma(string asked, params string[] dates) => AcquirerFileReader.Read(
        "gamma.csv",
        Encoding.UTF8.GetBytes("Datum;Referenz;Karte;Betrag;Waehrung\n" + string.Concat(dates.Select(
            static (date, i) => $"{DateOnly.Parse(date, null):dd.MM.yyyy};50000000000{i};4242;1,00;EUR\n"))),
        Terms.Files["gamma"], DateOnly.Parse(asked, null), Today);

    private static IReadOnlyList<string> Refused(string text, int? line, string expected) =>
        Refused(Encoding.UTF8.GetBytes(text), line, expected);

    private static IReadOnlyList<string> Refused(byte[] bytes, int? line, string expected)
    {
        var read = AcquirerFileReader.Read("alpha.csv", bytes, Terms.Files["alpha"], null, Today);
        Assert.Null(read.File);
        Assert.Contains(read.Faults, f => f.Contains(expected, StringComparison.Ordinal));
        if (line is { } at) Assert.StartsWith($"alpha.csv:{at}: ", read.Faults[0], StringComparison.Ordinal);
        return read.Faults;
    }

    private static byte[] Write()
    {
        using var stream = new MemoryStream();
        AcquirerFile.Write(new RandomLedger(7, 20).Entries, "alpha", RandomLedger.Day, AcquirerFilePlan.Honest, stream);
        return stream.ToArray();
    }
}
