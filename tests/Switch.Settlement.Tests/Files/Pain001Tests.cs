using System.Xml;
using System.Xml.Linq;
using System.Xml.Schema;
using Switch.Settlement.Files;

namespace Switch.Settlement.Tests.Files;

public sealed class Pain001Tests
{
    private static readonly XNamespace Pain = Pain001.Namespace;

    [Fact]
    public void Pain001_OfTheSample_IsTheGoldenFile() =>
        GoldenFile.Check("payouts.xml", stream => Pain001.Write(Samples.Orders, stream));

    [Fact]
    public void Pain001_OfTheSample_KeepsTheSchema() => Assert.Empty(SchemaFaults(Write(Samples.Orders)));

    [Fact]
    public void Schema_OfTheTests_RefusesWhatIsNotInOrder()
    {
        var text = System.Text.Encoding.UTF8.GetString(Write(Samples.Orders));
        foreach (var (from, to) in (ReadOnlySpan<(string, string)>)
        [
            ("<PmtMtd>TRF</PmtMtd>", ""),
            ("<TwnNm>Koeln</TwnNm>", ""),
            ("<NbOfTxs>6</NbOfTxs>", "<NbOfTxs>six</NbOfTxs>"),
            ("DE02120300000000202051", "de02"),
            ("<MsgId>PO-2026-01-30</MsgId>", $"<MsgId>{new string('x', 36)}</MsgId>"),
            ("12.34", "12.345678"),
            ("<Nm>Later</Nm>", $"<Nm>{new string('x', 141)}</Nm>"),
        ])
        {
            var broken = text.Replace(from, to, StringComparison.Ordinal);
            if (from == "12.34") broken = text.Replace("1.234<", "1.234567<", StringComparison.Ordinal);
            Assert.NotEqual(text, broken);
            Assert.NotEmpty(SchemaFaults(System.Text.Encoding.UTF8.GetBytes(broken)));
        }
    }

    [Fact]
    public void Pain001_Totals_AreThoseOfTheTransactions()
    {
        var document = XDocument.Load(new MemoryStream(Write(Samples.Orders)));
        var header = document.Descendants(Pain + "GrpHdr").Single();
        Check(header, [.. document.Descendants(Pain + "InstdAmt")]);
        var groups = document.Descendants(Pain + "PmtInf").ToList();
        foreach (var group in groups) Check(group, [.. group.Descendants(Pain + "InstdAmt")]);

        // EUR of two dates and EUR outside the SEPA area, JPY and KWD.
        Assert.Equal(5, groups.Count);
        Assert.All(groups, group => Assert.Single(
            group.Descendants(Pain + "InstdAmt").Select(a => (string)a.Attribute("Ccy")!).Distinct()));
        Assert.Equal(groups.Count, groups.Select(g => g.Element(Pain + "PmtInfId")!.Value).Distinct().Count());
    }

    [Fact]
    public void Pain001_Sepa_IsOnlyEurosBetweenIbansOfTheArea()
    {
        var document = XDocument.Load(new MemoryStream(Write(Samples.Orders)));
        foreach (var group in document.Descendants(Pain + "PmtInf"))
        {
            var isSepa = group.Descendants(Pain + "SvcLvl").Any();
            Assert.Equal(isSepa ? "SLEV" : "SHAR", group.Element(Pain + "ChrgBr")!.Value);
            Assert.Equal(isSepa, group.Descendants(Pain + "CdtTrfTxInf").All(order =>
                order.Descendants(Pain + "InstdAmt").Single().Attribute("Ccy")!.Value == "EUR"
                && order.Element(Pain + "CdtrAcct")!.Value[..2] is "DE" or "FR" or "NL"));
        }

        Assert.Empty(document.Descendants(Pain + "DbtrAcct").Elements(Pain + "Ccy"));
        // A country without a town is no address that banks take.
        Assert.All(document.Descendants(Pain + "PstlAdr"), a => Assert.Equal("KoelnDE", a.Value));
    }

    [Fact]
    public void Pain001_Amounts_HaveTheDecimalsOfTheirCurrency()
    {
        var amounts = XDocument.Load(new MemoryStream(Write(Samples.Orders))).Descendants(Pain + "InstdAmt")
            .Select(a => $"{a.Attribute("Ccy")!.Value} {a.Value}");
        Assert.Equal(["EUR 999999123.45", "EUR 0.05", "EUR 9.00", "EUR 7.00", "JPY 12345", "KWD 1.234"], amounts);
    }

    [Theory]
    [InlineData("Müller & Söhne", "Mueller + Soehne")]
    [InlineData("Crème Brûlée", "Creme Brulee")]
    [InlineData("東京 Ltd", ".. Ltd")]
    [InlineData("//a//b/", "a/b")]
    [InlineData("a\nb\u0000", "a b.")]
    [InlineData("Łódź 😀", "Lodz .")]
    public void SepaText_OfAnyText_IsOfTheSet(string text, string expected)
    {
        Assert.Equal(expected, SepaText.Of(text, 70));
        Assert.True(SepaText.IsClean(SepaText.Of(text, 70)));
    }

    [Fact]
    public void SepaText_RandomText_IsCleanAndWithinItsLength()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var i = 0; i < 20_000; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(40)).Select(_ => (char)random.Next(0x250))]);
            var clean = SepaText.Of(text, 12);
            Assert.True(clean.Length <= 12 && SepaText.IsClean(clean), $"seed {seed}: '{text}' became '{clean}'");
        }
    }

    [Theory]
    [InlineData("DE89370400440532013000", true)]
    [InlineData("GB82WEST12345698765432", true)]
    [InlineData("NO9386011117947", true)]
    [InlineData("DE88370400440532013000", false)]
    [InlineData("de89370400440532013000", false)]
    [InlineData("DE89 3704 0044 0532 0130 00", false)]
    [InlineData("", false)]
    public void Iban_CheckDigits_AreChecked(string iban, bool isOne) =>
        Assert.Equal(isOne, PaymentOrderRules.IsIban(iban));

    [Fact]
    public void Faults_OfAFileThatBanksRefuse_AreAllNamed()
    {
        var order = Samples.Orders.Orders[0];
        var file = Samples.Orders with
        {
            Orders =
            [
                order with { Id = new string('x', 36) },
                order with { Id = "a", AmountMinor = 0 },
                order with { Id = "a", Currency = "978" },
                order with { Id = "b", Creditor = order.Creditor with { Iban = "DE00" } },
                order with { Id = "c", Creditor = order.Creditor with { Iban = "" } },
                order with { Id = "d", Creditor = order.Creditor with { Name = " " } },
                order with { Id = "é" },
                order with { Id = "e", Creditor = order.Creditor with { Bic = "XX" } },
            ],
        };

        var faults = file.Faults();
        Assert.Equal(10, faults.Count);
        Assert.Throws<ArgumentException>(() => Write(file));
    }

    [Fact]
    public void Faults_AmountOverWhatSepaTransfers_IsOne()
    {
        var order = Samples.Orders.Orders.First(static o => o.Currency == "EUR" && o.Creditor.Iban.Length > 0);
        PaymentOrders Of(long amount) => Samples.Orders with { Orders = [order with { AmountMinor = amount }] };

        Assert.Empty(Of(99_999_999_999).Faults());
        Assert.Contains(
            "SEPA takes at most 99999999999 cents", Assert.Single(Of(100_000_000_000).Faults()),
            StringComparison.Ordinal);
    }

    internal static List<string> SchemaFaults(byte[] xml)
    {
        var faults = new List<string>();
        var settings = new XmlReaderSettings { ValidationType = ValidationType.Schema };
        using var stream = typeof(Pain001Tests).Assembly.GetManifestResourceStream("pain.001.001.09.subset.xsd")!;
        using var schema = XmlReader.Create(stream);
        settings.Schemas.Add(Pain001.Namespace, schema);
        settings.ValidationFlags |= XmlSchemaValidationFlags.ReportValidationWarnings;
        settings.ValidationEventHandler += (_, e) => faults.Add(e.Message);
        using var reader = XmlReader.Create(new MemoryStream(xml), settings);
        while (reader.Read())
        {
        }

        return faults;
    }

    private static void Check(XElement parent, List<XElement> amounts)
    {
        Assert.Equal(amounts.Count, (int)parent.Element(Pain + "NbOfTxs")!);
        Assert.Equal(amounts.Sum(a => (decimal)a), (decimal)parent.Element(Pain + "CtrlSum")!);
    }

    private static byte[] Write(PaymentOrders orders) => GoldenFile.Bytes(stream => Pain001.Write(orders, stream));
}
