using Switch.Settlement.Books;
using Switch.Settlement.Days;

namespace Switch.Settlement.Files;

/// <summary>A row of <see cref="ClosedDaySql.Movements"/>.</summary>
internal sealed class MovementRow
{
    public long Kind { get; set; }

    public string BusinessDate { get; set; } = "";

    public string Acquirer { get; set; } = "";

    public string MerchantId { get; set; } = "";

    public string Currency { get; set; } = "";

    public string TransactionId { get; set; } = "";

    public string Rrn { get; set; } = "";

    public string ApprovalCode { get; set; } = "";

    public long Stan { get; set; }

    public string TerminalId { get; set; } = "";

    public long AcceptedMs { get; set; }

    public string Scheme { get; set; } = "";

    public string CardLastFour { get; set; } = "";

    public long GrossMinor { get; set; }

    public long FeeMinor { get; set; }

    public long VatMinor { get; set; }

    public long ReserveMinor { get; set; }

    public ClearingLine ToClearing() => new(
        KindName, Rrn, ApprovalCode, (int)Stan, TerminalId, MerchantId, BusinessDay.Parse(BusinessDate),
        DateTimeOffset.FromUnixTimeMilliseconds(AcceptedMs), Scheme, CardLastFour, Currency, GrossMinor);

    public StatementLine ToStatement() => new(
        DateTimeOffset.FromUnixTimeMilliseconds(AcceptedMs), BusinessDay.Parse(BusinessDate), KindName, TerminalId, Rrn,
        ApprovalCode, Scheme, CardLastFour, GrossMinor, FeeMinor, VatMinor, ReserveMinor);

    private string KindName => (EntryKind)Kind switch
    {
        EntryKind.Sale => "sale",
        EntryKind.Refund => "refund",
        _ => "reversal",
    };
}

/// <summary>A row of the payouts.</summary>
internal sealed class PayoutRow
{
    public string Id { get; set; } = "";

    public string MerchantId { get; set; } = "";

    public string Currency { get; set; } = "";

    public long BroughtMinor { get; set; }

    public long NetMinor { get; set; }

    public long AmountMinor { get; set; }

    public long CarriedMinor { get; set; }

    public long Status { get; set; }

    public string HoldReason { get; set; } = "";

    public string ValueDate { get; set; } = "";

    public string CreditorName { get; set; } = "";

    public string CreditorDetails { get; set; } = "";

    public string CreditorTown { get; set; } = "";

    public string CreditorCountry { get; set; } = "";

    public string Iban { get; set; } = "";

    public string Account { get; set; } = "";

    public string Bic { get; set; } = "";

    /// <summary>Whether the bank is told to pay it.</summary>
    public bool IsOrdered => Status == (long)PayoutStatus.Ordered;

    public PaymentOrder ToOrder(DateOnly closed, string town) => new(
        Id, new BankAccount(CreditorName, Iban, Account, Bic, CreditorCountry, town), Currency, AmountMinor,
        BusinessDay.Parse(ValueDate), $"{Id} card payments {BusinessDay.Text(closed)}");
}

/// <summary>A text and an amount.</summary>
internal sealed class AmountRow
{
    public string Date { get; set; } = "";

    public string Text { get; set; } = "";

    public string Reference { get; set; } = "";

    public long Kind { get; set; }

    public long Count { get; set; }

    public long AmountMinor { get; set; }
}

/// <summary>A row of the balances.</summary>
internal sealed class BalanceOfDay
{
    public string SettleDate { get; set; } = "";

    public string Acquirer { get; set; } = "";

    public string MerchantId { get; set; } = "";

    public string Currency { get; set; } = "";

    public string BusinessDate { get; set; } = "";

    public long Kind { get; set; }

    public long Account { get; set; }

    public long AmountMinor { get; set; }

    public long Entries { get; set; }
}

/// <summary>A line of the journal.</summary>
internal sealed class JournalRow
{
    public long EntryId { get; set; }

    public string SettleDate { get; set; } = "";

    public long Kind { get; set; }

    public string Acquirer { get; set; } = "";

    public string MerchantId { get; set; } = "";

    public string Currency { get; set; } = "";

    public string Text { get; set; } = "";

    public long Account { get; set; }

    public long AmountMinor { get; set; }
}
