using System.Globalization;
using System.Text;

namespace Switch.Settlement.Tests.Reconciliation;

/// <summary>Bank statements as banks send them.</summary>
internal static class Camt
{
    public static byte[] Statement(string version, decimal opening, decimal closing, string currency,
        params string[] entries) =>
        Encoding.UTF8.GetBytes($"""
            <?xml version="1.0" encoding="UTF-8"?>
            <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}">
              <BkToCstmrStmt>
                <GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-03-05T06:00:00</CreDtTm></GrpHdr>
                <Stmt>
                  <Id>S1</Id>
                  <Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>{currency}</Ccy></Acct>
                  {Balance("OPBD", opening, currency)}
                  {Balance("CLBD", closing, currency)}
                  {string.Join('\n', entries)}
                </Stmt>
              </BkToCstmrStmt>
            </Document>
            """);

    public static string Entry(
        string version, decimal amount, string currency, string reference, string details = "", string status = "BOOK",
        string date = "2026-03-05") => $"""
        <Ntry>
          <Amt Ccy="{currency}">{Text(Math.Abs(amount))}</Amt><CdtDbtInd>{(amount < 0 ? "DBIT" : "CRDT")}</CdtDbtInd>
          <Sts>{(version == "02" ? status : $"<Cd>{status}</Cd>")}</Sts>
          <BookgDt><Dt>{date}</Dt></BookgDt><ValDt><Dt>{date}</Dt></ValDt>
          <AcctSvcrRef>{reference}</AcctSvcrRef>
          {(details.Length == 0 ? "" : $"<NtryDtls>{details}</NtryDtls>")}
        </Ntry>
        """;

    public static string Transaction(string endToEnd, decimal? amount, string currency, string text = "") => $"""
        <TxDtls><Refs><EndToEndId>{endToEnd}</EndToEndId></Refs>
          {(amount is { } a ? $"<Amt Ccy=\"{currency}\">{Text(a)}</Amt>" : "")}
          <RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls>
        """;

    private static string Balance(string code, decimal amount, string currency) => $"""
        <Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{Text(Math.Abs(amount))}</Amt>
          <CdtDbtInd>{(amount < 0 ? "DBIT" : "CRDT")}</CdtDbtInd><Dt><Dt>2026-03-05</Dt></Dt></Bal>
        """;

    private static string Text(decimal amount) => amount.ToString(CultureInfo.InvariantCulture);
}
