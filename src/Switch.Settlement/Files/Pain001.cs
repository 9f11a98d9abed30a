using System.Globalization;
using System.Text;
using System.Xml;

namespace Switch.Settlement.Files;

/// <summary>
/// Payouts as an ISO 20022 customer credit transfer initiation. Version 09 of pain.001.001: the one that the SEPA
/// rulebooks use since November 2023, and that banks go on with.
/// </summary>
internal static class Pain001
{
    /// <summary>XML namespace of the message.</summary>
    public const string Namespace = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";

    private const int TownCharsMax = 35;
    private const int TextCharsMax = 140;

    private static readonly XmlWriterSettings Settings = new()
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        Indent = true,
        NewLineChars = "\n",
        CloseOutput = false,
    };

    /// <summary>
    /// Writes the message: one payment information a currency and value date, both in order; euros that go by SEPA and
    /// others apart.
    /// </summary>
    /// <exception cref="ArgumentException">Faults: see <see cref="PaymentOrders.Faults"/>.</exception>
    public static void Write(PaymentOrders file, Stream stream)
    {
        if (file.Faults() is { Count: > 0 } faults)
            throw new ArgumentException(string.Join("; ", faults), nameof(file));
        using (var xml = XmlWriter.Create(stream, Settings))
        {
            xml.WriteStartDocument();
            xml.WriteStartElement("Document", Namespace);
            xml.WriteStartElement("CstmrCdtTrfInitn", Namespace);
            GroupHeader(xml, file);
            foreach (var group in Groups(file))
                PaymentInformation(xml, file.Debtor, group.Key, [.. group], file.MessageId);
            xml.WriteEndElement();
            xml.WriteEndElement();
            xml.WriteEndDocument();
        }

        stream.Write("\n"u8);
    }

    /// <summary>The id of a batch: what a bank that books it as one shows on its statement.</summary>
    public static string PaymentInformationId(string messageId, string currency, DateOnly valueDate, bool isSepa)
    {
        // "-EUR-260131", the date in six digits, and "-X" for euros that do not go by SEPA.
        var suffix = $"-{currency}-{valueDate.ToString("yyMMdd", CultureInfo.InvariantCulture)}"
            + (currency == "EUR" && !isSepa ? "-X" : "");
        var head = Math.Min(messageId.Length, PaymentOrderRules.IdCharsMax - suffix.Length);
        return messageId[..head] + suffix;
    }

    private static IOrderedEnumerable<IGrouping<Batch, PaymentOrder>> Groups(PaymentOrders file) =>
        file.Orders
            .OrderBy(static o => o.Id, StringComparer.Ordinal)
            .GroupBy(o => new Batch(
                o.Currency, o.ValueDate, SepaArea.IsSepa(o.Currency, file.Debtor.Iban, o.Creditor.Iban)))
            .OrderBy(static g => g.Key.Currency, StringComparer.Ordinal)
            .ThenBy(static g => g.Key.ValueDate)
            .ThenByDescending(static g => g.Key.IsSepa);

    private static void GroupHeader(XmlWriter xml, PaymentOrders file)
    {
        xml.WriteStartElement("GrpHdr", Namespace);
        Element(xml, "MsgId", file.MessageId);
        Element(xml, "CreDtTm", file.CreatedAt.UtcDateTime.ToString(
            "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        Totals(xml, file.Orders);
        xml.WriteStartElement("InitgPty", Namespace);
        Element(xml, "Nm", SepaText.Of(file.Debtor.Name, PaymentOrderRules.NameCharsMax));
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void PaymentInformation(
        XmlWriter xml, BankAccount debtor, Batch key, List<PaymentOrder> orders, string messageId)
    {
        xml.WriteStartElement("PmtInf", Namespace);
        Element(xml, "PmtInfId", PaymentInformationId(messageId, key.Currency, key.ValueDate, key.IsSepa));
        Element(xml, "PmtMtd", "TRF");
        Totals(xml, orders);
        if (key.IsSepa)
        {
            xml.WriteStartElement("PmtTpInf", Namespace);
            xml.WriteStartElement("SvcLvl", Namespace);
            Element(xml, "Cd", "SEPA");
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        xml.WriteStartElement("ReqdExctnDt", Namespace);
        Element(xml, "Dt", CsvOutput.Text(key.ValueDate));
        xml.WriteEndElement();
        Party(xml, "Dbtr", debtor);
        Account(xml, "DbtrAcct", debtor);
        Agent(xml, "DbtrAgt", debtor.Bic);
        Element(xml, "ChrgBr", key.IsSepa ? "SLEV" : "SHAR");
        foreach (var order in orders) Transfer(xml, order);
        xml.WriteEndElement();
    }

    private static void Transfer(XmlWriter xml, PaymentOrder order)
    {
        xml.WriteStartElement("CdtTrfTxInf", Namespace);
        xml.WriteStartElement("PmtId", Namespace);
        Element(xml, "EndToEndId", order.Id);
        xml.WriteEndElement();
        xml.WriteStartElement("Amt", Namespace);
        xml.WriteStartElement("InstdAmt", Namespace);
        xml.WriteAttributeString("Ccy", order.Currency);
        xml.WriteString(Number(Amount(order)));
        xml.WriteEndElement();
        xml.WriteEndElement();
        if (order.Creditor.Bic.Length > 0) Agent(xml, "CdtrAgt", order.Creditor.Bic);
        Party(xml, "Cdtr", order.Creditor);
        Account(xml, "CdtrAcct", order.Creditor);
        if (SepaText.Of(order.Text, TextCharsMax) is { Length: > 0 } text)
        {
            xml.WriteStartElement("RmtInf", Namespace);
            Element(xml, "Ustrd", text);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    // Amounts of several currencies are added as they stand: CtrlSum is a check on the file, not an amount of money.
    private static void Totals(XmlWriter xml, IReadOnlyCollection<PaymentOrder> orders)
    {
        Element(xml, "NbOfTxs", orders.Count.ToString(CultureInfo.InvariantCulture));
        Element(xml, "CtrlSum", Number(orders.Sum(Amount)));
    }

    private static void Party(XmlWriter xml, string name, BankAccount account)
    {
        xml.WriteStartElement(name, Namespace);
        Element(xml, "Nm", SepaText.Of(account.Name, PaymentOrderRules.NameCharsMax));
        // An address without a town is refused by SEPA banks, and one is not needed at all.
        if (account.Country.Length > 0 && SepaText.Of(account.Town, TownCharsMax) is { Length: > 0 } town)
        {
            xml.WriteStartElement("PstlAdr", Namespace);
            Element(xml, "TwnNm", town);
            Element(xml, "Ctry", account.Country);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void Account(XmlWriter xml, string name, BankAccount account)
    {
        xml.WriteStartElement(name, Namespace);
        xml.WriteStartElement("Id", Namespace);
        if (account.Iban.Length > 0)
        {
            Element(xml, "IBAN", account.Iban);
        }
        else
        {
            xml.WriteStartElement("Othr", Namespace);
            Element(xml, "Id", account.Account);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void Agent(XmlWriter xml, string name, string bic)
    {
        xml.WriteStartElement(name, Namespace);
        xml.WriteStartElement("FinInstnId", Namespace);
        if (bic.Length > 0)
        {
            Element(xml, "BICFI", bic);
        }
        else
        {
            xml.WriteStartElement("Othr", Namespace);
            Element(xml, "Id", "NOTPROVIDED");
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static decimal Amount(PaymentOrder order) => Currency.Of(order.Currency).ToMajor(order.AmountMinor);

    private static string Number(decimal amount) => amount.ToString(CultureInfo.InvariantCulture);

    private static void Element(XmlWriter xml, string name, string value) =>
        xml.WriteElementString(name, Namespace, value);

    private sealed record Batch(string Currency, DateOnly ValueDate, bool IsSepa);
}
