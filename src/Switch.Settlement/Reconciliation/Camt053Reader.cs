using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Switch.Settlement.Files;

namespace Switch.Settlement.Reconciliation;

/// <summary>
/// Reads a bank-to-customer statement of ISO 20022, camt.053.001.02 or .08: booked entries with the details of batches,
/// and the opening and closing balance that they must lead from and to.
/// </summary>
internal sealed class Camt053Reader
{
    private static readonly string[] Namespaces =
    [
        "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02", "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08",
    ];

    private readonly ImportFaults _faults;
    private readonly DateOnly _today;
    private readonly List<BankLine> _lines = [];
    private string _account = "";

    private Camt053Reader(string name, DateOnly today)
    {
        _faults = new ImportFaults(name);
        _today = today;
    }

    /// <summary>Reads the statement, or several of one account in one file; whole or not at all.</summary>
    public static Imported<BankStatement> Read(string name, byte[] content, DateOnly today)
    {
        var reader = new Camt053Reader(name, today);
        if (content.Length > ImportLimits.FileBytesMax)
            reader._faults.Add(0, $"the file has more than {ImportLimits.FileBytesMax} bytes");
        else reader.Read(content);
        return new Imported<BankStatement>(
            reader._faults.Any ? null : new BankStatement(reader._account, reader._lines), reader._faults.List());
    }

    private void Read(byte[] content)
    {
        // No document type: it could pull other files in, or grow without bound.
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = ImportLimits.FileBytesMax,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
        };
        try
        {
            using var xml = XmlReader.Create(new MemoryStream(content, writable: false), settings);
            xml.MoveToContent();
            var space = xml.NamespaceURI;
            if (xml.LocalName != "Document" || !Namespaces.Contains(space))
            {
                _faults.Add(LineOf(xml), $"not a camt.053.001.02 or .08: <{xml.LocalName}> of '{space}'");
                return;
            }

            var count = 0;
            while (xml.ReadToFollowing("Stmt", space))
            {
                count++;
                using var statement = xml.ReadSubtree();
                Statement(statement, space);
            }

            if (count == 0) _faults.Add(0, "there is no statement in it");
        }
        catch (XmlException e)
        {
            _faults.Add(e.LineNumber, $"not well-formed XML: {e.Message}");
        }
    }

    private void Statement(XmlReader xml, XNamespace space)
    {
        var balances = new List<XElement>();
        var line = LineOf(xml);
        var sums = new Dictionary<string, Int128>();
        xml.Read();
        xml.Read();
        while (!xml.EOF)
        {
            if (xml.NodeType != XmlNodeType.Element || xml.Depth != 1)
            {
                xml.Read();
                continue;
            }

            switch (xml.LocalName)
            {
                case "Acct":
                    Account((XElement)XNode.ReadFrom(xml), space, line);
                    break;
                case "Bal":
                    balances.Add((XElement)XNode.ReadFrom(xml));
                    break;
                case "Ntry":
                    var at = LineOf(xml);
                    Entry((XElement)XNode.ReadFrom(xml), space, at, sums);
                    break;
                default:
                    xml.Skip();
                    break;
            }
        }

        Balances(balances, space, line, sums);
    }

    private void Account(XElement account, XNamespace space, long line)
    {
        var id = account.Element(space + "Id");
        var number = Text(id, space + "IBAN") is { Length: > 0 } iban ? iban
            : Text(id?.Element(space + "Othr"), space + "Id");
        if (_account.Length > 0 && number != _account) _faults.Add(line, "statements of several accounts in one file");
        _account = number;
    }

    private void Entry(XElement entry, XNamespace space, long line, Dictionary<string, Int128> sums)
    {
        // Version 02 has the word itself, version 08 a code below.
        var status = entry.Element(space + "Sts");
        if ((Text(status, space + "Cd") is { Length: > 0 } code ? code : status?.Value.Trim()) != "BOOK") return;
        if (!TryMoney(entry, space, line, out var currency, out var minor)) return;
        if (!TryDate(entry.Element(space + "BookgDt"), space, line, out var booked)) return;
        sums[currency] = sums.GetValueOrDefault(currency) + minor;
        var details = entry.Elements(space + "NtryDtls").ToList();
        var batch = details.Elements(space + "Btch").FirstOrDefault();
        var transactions = details.Elements(space + "TxDtls").ToList();
        if (_lines.Count + Math.Max(transactions.Count, 1) > ImportLimits.LinesMax)
        {
            _faults.Add(line, $"the file has more than {ImportLimits.LinesMax} movements");
            return;
        }

        if (Text(batch, space + "NbOfTxs") is { Length: > 0 } told && transactions.Count > 0
            && told != transactions.Count.ToString(CultureInfo.InvariantCulture))
            _faults.Add(line, $"the batch says {told} transactions and has {transactions.Count}");
        var reference = Text(entry, space + "AcctSvcrRef") is { Length: > 0 } own ? own
            : Text(entry, space + "NtryRef");
        var whole = new BankLine(
            line, reference, "", Text(batch, space + "PmtInfId"), currency, minor, booked,
            BankText.Of(Text(entry, space + "AddtlNtryInf")));
        if (transactions.Count == 0) _lines.Add(whole);
        else Transactions(whole, transactions, space);
    }

    // A batch booked as one entry counts by its transactions, if they say their amounts.
    private void Transactions(BankLine whole, List<XElement> transactions, XNamespace space)
    {
        var sum = Int128.Zero;
        var first = _lines.Count;
        foreach (var transaction in transactions)
        {
            // One transaction is the entry, whatever it was before charges or in another currency.
            var amount = transactions.Count == 1 ? null : Amount(transaction, space);
            var minor = whole.AmountMinor;
            if (amount is null && transactions.Count > 1)
            {
                // Without amounts nothing can be told apart.
                _lines.RemoveRange(first, _lines.Count - first);
                _lines.Add(whole);
                return;
            }

            if (amount is not null)
            {
                if (!TryAmount(amount, whole.Line, out var currency, out minor)) return;
                if (currency != whole.Currency)
                {
                    _faults.Add(whole.Line, $"a transaction of {currency} in an entry of {whole.Currency}");
                    return;
                }

                if (whole.AmountMinor < 0) minor = -minor;
            }

            sum += minor;
            var references = transaction.Element(space + "Refs");
            var endToEnd = Text(references, space + "EndToEndId");
            var text = string.Join(' ', transaction.Descendants(space + "Ustrd").Select(static e => e.Value.Trim())
                .Concat(transaction.Element(space + "RltdPties")?.Descendants(space + "Nm")
                    .Select(static e => e.Value.Trim()) ?? []));
            _lines.Add(whole with
            {
                // Of an entry without a reference the bank may give one to each of its transactions.
                Reference = whole.Reference.Length > 0 ? whole.Reference : Text(references, space + "AcctSvcrRef"),
                EndToEndId = BankText.EndToEndId(endToEnd),
                BatchId = transactions.Count == 1 && whole.BatchId.Length == 0
                    ? Text(references, space + "PmtInfId")
                    : whole.BatchId,
                AmountMinor = minor,
                Text = BankText.Of($"{text} {whole.Text}"),
            });
        }

        if (sum != whole.AmountMinor)
            _faults.Add(whole.Line, $"the transactions add up to {sum}, the entry is {whole.AmountMinor} minor units");
    }

    private static XElement? Amount(XElement transaction, XNamespace space) => transaction.Element(space + "Amt")
        ?? transaction.Element(space + "AmtDtls")?.Element(space + "TxAmt")?.Element(space + "Amt");

    private void Balances(List<XElement> balances, XNamespace space, long line, Dictionary<string, Int128> sums)
    {
        var opening = Balance(balances, space, line, ["OPBD", "PRCD"]);
        var closing = Balance(balances, space, line, ["CLBD"]);
        if (_faults.Any) return;
        if (opening is not var (currency, before) || closing is not var (closingCurrency, after))
        {
            _faults.Add(line, "a statement needs an opening (OPBD or PRCD) and a closing balance (CLBD)");
            return;
        }

        var moved = sums.GetValueOrDefault(currency);
        if (closingCurrency != currency || sums.Keys.Any(other => other != currency))
            _faults.Add(line, $"balances and entries are not all of {currency}");
        else if (before + moved != after)
            _faults.Add(line, $"opening balance {before} and entries {moved} do not make {after} {currency} minor");
    }

    private (string Currency, long Minor)? Balance(
        List<XElement> balances, XNamespace space, long line, string[] codes)
    {
        foreach (var code in codes)
        {
            foreach (var balance in balances)
            {
                var type = balance.Element(space + "Tp")?.Element(space + "CdOrPrtry");
                if (Text(type, space + "Cd") != code) continue;
                if (TryMoney(balance, space, line, out var currency, out var minor)) return (currency, minor);
            }
        }

        return null;
    }

    private bool TryMoney(XElement parent, XNamespace space, long line, out string currency, out long minor)
    {
        currency = "";
        minor = 0;
        if (parent.Element(space + "Amt") is not { } amount)
        {
            _faults.Add(line, $"<{parent.Name.LocalName}> has no amount");
            return false;
        }

        if (!TryAmount(amount, line, out currency, out minor)) return false;
        switch (Text(parent, space + "CdtDbtInd"))
        {
            case "CRDT":
                return true;
            case "DBIT":
                minor = -minor;
                return true;
            case var other:
                _faults.Add(line, $"'{other}' is neither CRDT nor DBIT");
                return false;
        }
    }

    private bool TryAmount(XElement amount, long line, out string code, out long minor)
    {
        minor = 0;
        code = (string?)amount.Attribute("Ccy") ?? "";
        if (!Currency.TryFind(code, out var currency))
        {
            _faults.Add(line, $"'{code}' is no currency of ISO 4217");
            return false;
        }

        if (MoneyReader.TryMinor(amount.Value.Trim(), currency.Exponent, out minor, out var fault)
            && minor >= 0) return true;
        _faults.Add(line, $"'{amount.Value}' {(fault.Length > 0 ? fault : "is negative")}");
        return false;
    }

    private bool TryDate(XElement? parent, XNamespace space, long line, out DateOnly date)
    {
        var text = Text(parent, space + "Dt") is { Length: > 0 } day ? day : Text(parent, space + "DtTm");
        var isDate = DateOnly.TryParseExact(
            text.Length > 10 ? text[..10] : text, "yyyy-MM-dd", CultureInfo.InvariantCulture,
            DateTimeStyles.None, out date);
        if (!isDate) _faults.Add(line, $"'{text}' is no booking date");
        else if (date.DayNumber > _today.DayNumber + 1) _faults.Add(line, $"the date {text} is in the future");
        else return true;
        return false;
    }

    private static string Text(XElement? parent, XName name) => BankText.Of(parent?.Element(name)?.Value ?? "");

    private static long LineOf(XmlReader xml) =>
        xml is IXmlLineInfo { } info && info.HasLineInfo() ? info.LineNumber : 0;
}
