using Switch.Settlement.Files;

namespace Switch.Settlement.Tests.Files;

/// <summary>One close with everything that a file can show.</summary>
internal static class Samples
{
    public static readonly DateOnly Day = new(2026, 1, 30);
    public static readonly DateTimeOffset ClosedAt = new(2026, 1, 31, 2, 0, 5, TimeSpan.Zero);
    public static readonly ClearingHeader Header = new("acme", Day, ClosedAt);

    private const string Injection = "=HYPERLINK(\"http://example.org\";\"x\")";

    public static Statement Statement { get; } = new()
    {
        Number = "PO-20260130-M1-EUR",
        MerchantId = "M000000000001",
        MerchantName = "Müller & Söhne <script>alert(1)</script>",
        IssuerName = "Example Payments",
        IssuerDetails = ["1 Main Street", "10000 Example", "VAT DE000000000"],
        MerchantDetails = ["Hauptstraße 2", "10115 Berlin"],
        CloseDate = Day,
        Currency = "EUR",
        BroughtMinor = -1250,
        Lines =
        [
            Line("sale", "600112345601", 1_234_567, -14_815, -2_815, -61_728) with { Scheme = "visa" },
            Line("sale", "600112345602", 1290, -25, -5, -65),
            Line("refund", "600112345603", -500, -10, -2, 0) with { ApprovalCode = "" },
            Line("reversal", "600112345602", -1290, 25, 5, 65) with { BusinessDate = Day.AddDays(-1) },
        ],
        Fees =
        [
            new StatementFee("1.20 % + 0.10 EUR, visa credit domestic", 1, -14_815),
            new StatementFee("1.40 %, mastercard debit", 3, -10),
        ],
        Adjustments =
        [
            new StatementAdjustment(Day, Injection, -2500),
            new StatementAdjustment(Day, "reserve of 2025-07-30 given back", 10_000),
        ],
        Payout = new StatementPayout(new DateOnly(2026, 2, 2), "DE02 1203 0000 0000 2020 51", 1_000_000),
        HoldReason = "a part is held: case 4711",
    };

    public static PaymentOrders Orders { get; } = new(
        "PO-2026-01-30", ClosedAt,
        new BankAccount("Example Payments GmbH", "DE89370400440532013000", "", "COBADEFFXXX", "DE", "Köln"),
        [
            Order("PO-20260130-M2-EUR", "Æther & Crème Ltd. 東京", "FR1420041010050500013M02606", 5),
            Order("PO-20260130-M1-EUR", "Müller & Söhne", "DE02120300000000202051", 99_999_912_345),
            Order("PO-20260130-M1-JPY", "Müller & Söhne", "DE02120300000000202051", 12_345) with { Currency = "JPY" },
            Order("PO-20260130-M3-EUR", "Later", "NL91ABNA0417164300", 7_00) with { ValueDate = new(2026, 2, 3) },
            Order("PO-20260130-M4-KWD", "Kuwait Trading", "", 1_234) with
            {
                Currency = "KWD",
                Creditor = new BankAccount("Kuwait Trading", "", "0123456789", "NBOKKWKW", "KW"),
            },
            Order("PO-20260130-M5-EUR", "Ankara Ticaret", "TR330006100519786457841326", 9_00),
        ]);

    public static IEnumerable<ClearingLine> Clearing()
    {
        yield return Cleared("sale", "600112345601", "EUR", 1_234_567);
        yield return Cleared("sale", "600112345602", "EUR", 1290);
        yield return Cleared("refund", "600112345603", "EUR", -500) with { ApprovalCode = "", Scheme = "" };
        yield return Cleared("sale", "600112345604", "JPY", 9_800) with { TerminalId = "+T;\"1\"" };
        yield return Cleared("reversal", "600112345602", "EUR", -1290) with { BusinessDate = Day.AddDays(-1) };
    }

    public static StatementLine Line(string kind, string rrn, long gross, long fee, long vat, long reserve) => new(
        new DateTimeOffset(2026, 1, 30, 9, 15, 30, TimeSpan.Zero), Day, kind, "T0000001", rrn, "A1B2C3", "mastercard",
        "4242", gross, fee, vat, reserve);

    public static ClearingLine Cleared(string kind, string rrn, string currency, long minor) => new(
        kind, rrn, "A1B2C3", 42, "T0000001", "M000000000001", Day,
        new DateTimeOffset(2026, 1, 30, 9, 15, 30, TimeSpan.Zero), "visa", "4242", currency, minor);

    private static PaymentOrder Order(string id, string name, string iban, long minor) => new(
        id, new BankAccount(name, iban, "", "", ""), "EUR", minor, new DateOnly(2026, 2, 2),
        "Card payments of 30.01.2026");
}
