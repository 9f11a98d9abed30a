using CsvHelper;

namespace Switch.Settlement.Files;

/// <summary>A statement as CSV: one row a figure, the same columns in every row.</summary>
internal static class StatementCsv
{
    private static readonly string[] Columns =
    [
        "record", "statement", "merchant_id", "currency", "close_date", "business_date", "time_utc", "kind", "terminal",
        "rrn", "approval_code", "scheme", "card", "text", "count", "gross", "fee", "vat", "reserve", "amount",
    ];

    /// <summary>Writes the statement.</summary>
    public static void Write(Statement statement, Stream stream)
    {
        var currency = Currency.Of(statement.Currency);
        using var csv = CsvOutput.Open(stream);
        CsvOutput.Row(csv, Columns);
        Figure(csv, statement, "opening", "brought forward", currency.ToMajor(statement.BroughtMinor));
        foreach (var line in statement.Lines) Transaction(csv, statement, line, currency);
        foreach (var fee in statement.Fees)
            Figure(csv, statement, "fee", fee.Text, currency.ToMajor(fee.AmountMinor), fee.Count);
        Figure(csv, statement, "gross_total", "", currency.ToMajor(statement.GrossMinor), statement.Lines.Count);
        Figure(csv, statement, "fee_total", "", currency.ToMajor(statement.FeesMinor));
        Figure(csv, statement, "vat_total", "", currency.ToMajor(statement.VatMinor));
        Figure(csv, statement, "reserve_total", "", currency.ToMajor(statement.ReserveMinor));
        foreach (var adjustment in statement.Adjustments)
        {
            Figure(csv, statement, "adjustment", adjustment.Text, currency.ToMajor(adjustment.AmountMinor),
                date: adjustment.Date);
        }

        Figure(csv, statement, "net", "", currency.ToMajor(statement.NetMinor));
        if (statement.Payout is { } payout)
        {
            Figure(csv, statement, "payout", payout.Account, currency.ToMajor(-payout.AmountMinor),
                date: payout.ValueDate);
        }

        Figure(csv, statement, "closing", statement.HoldReason, currency.ToMajor(statement.CarriedMinor));
    }

    private static void Transaction(CsvWriter csv, Statement statement, StatementLine line, Currency currency)
    {
        Start(csv, statement, "transaction");
        csv.WriteField(CsvOutput.Text(line.BusinessDate));
        csv.WriteField(CsvOutput.Text(line.AcceptedAt));
        csv.WriteField(line.Kind);
        csv.WriteField(line.TerminalId);
        csv.WriteField(line.Rrn);
        csv.WriteField(line.ApprovalCode);
        csv.WriteField(line.Scheme);
        csv.WriteField(line.CardLastFour);
        csv.WriteField("");
        csv.WriteField(1L, default);
        csv.WriteField(currency.ToMajor(line.GrossMinor), default);
        csv.WriteField(currency.ToMajor(line.FeeMinor), default);
        csv.WriteField(currency.ToMajor(line.VatMinor), default);
        csv.WriteField(currency.ToMajor(line.ReserveMinor), default);
        csv.WriteField(currency.ToMajor(line.NetMinor), default);
        csv.EndRecord();
    }

    private static void Figure(
        CsvWriter csv, Statement statement, string record, string text, decimal amount, long? count = null,
        DateOnly? date = null)
    {
        const int fromTimeToCard = 7;
        const int fromGrossToReserve = 4;
        Start(csv, statement, record);
        csv.WriteField(date is { } day ? CsvOutput.Text(day) : "");
        for (var i = 0; i < fromTimeToCard; i++) csv.WriteField("");
        csv.WriteField(text);
        csv.WriteField(count, default);
        for (var i = 0; i < fromGrossToReserve; i++) csv.WriteField("");
        csv.WriteField(amount, default);
        csv.EndRecord();
    }

    private static void Start(CsvWriter csv, Statement statement, string record) =>
        CsvOutput.Fields(csv, record, statement.Number, statement.MerchantId, statement.Currency,
            CsvOutput.Text(statement.CloseDate));
}
