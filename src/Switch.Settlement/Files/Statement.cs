namespace Switch.Settlement.Files;

/// <summary>
/// What a merchant is told of one close in one currency. Amounts are signed by what they do to its money.
/// </summary>
internal sealed record Statement
{
    /// <summary>Number that the merchant quotes; the payout's id.</summary>
    public required string Number { get; init; }

    /// <summary>Card acceptor id (DE 42).</summary>
    public required string MerchantId { get; init; }

    /// <summary>Name of the merchant; may be empty.</summary>
    public required string MerchantName { get; init; }

    /// <summary>Who settles, as the head of the statement says.</summary>
    public required string IssuerName { get; init; }

    /// <summary>Address and VAT number of who settles; may be empty.</summary>
    public IReadOnlyList<string> IssuerDetails { get; init; } = [];

    /// <summary>Address and VAT number of the merchant; may be empty.</summary>
    public IReadOnlyList<string> MerchantDetails { get; init; } = [];

    /// <summary>The business date that the close ended.</summary>
    public required DateOnly CloseDate { get; init; }

    /// <summary>ISO 4217 code.</summary>
    public required string Currency { get; init; }

    /// <summary>Minor units brought forward.</summary>
    public required long BroughtMinor { get; init; }

    /// <summary>Every transaction, in the order in which the statement shows them.</summary>
    public required IReadOnlyList<StatementLine> Lines { get; init; }

    /// <summary>Fees by rule; their sum is that of the lines.</summary>
    public required IReadOnlyList<StatementFee> Fees { get; init; }

    /// <summary>Corrections, chargebacks and reserve given back.</summary>
    public required IReadOnlyList<StatementAdjustment> Adjustments { get; init; }

    /// <summary>The money sent, or null when nothing is paid.</summary>
    public StatementPayout? Payout { get; init; }

    /// <summary>Why money is kept back; empty when none is.</summary>
    public string HoldReason { get; init; } = "";

    /// <summary>Sales, refunds and reversals before any fee.</summary>
    public long GrossMinor => Lines.Sum(static line => line.GrossMinor);

    /// <summary>Fees without value added tax; negative.</summary>
    public long FeesMinor => Lines.Sum(static line => line.FeeMinor);

    /// <summary>Value added tax on the fees; negative.</summary>
    public long VatMinor => Lines.Sum(static line => line.VatMinor);

    /// <summary>Kept back as reserve; negative.</summary>
    public long ReserveMinor => Lines.Sum(static line => line.ReserveMinor);

    /// <summary>Sum of the adjustments.</summary>
    public long AdjustmentsMinor => Adjustments.Sum(static adjustment => adjustment.AmountMinor);

    /// <summary>What the close added.</summary>
    public long NetMinor => Lines.Sum(static line => line.NetMinor) + AdjustmentsMinor;

    /// <summary>Carried to the next statement.</summary>
    public long CarriedMinor => BroughtMinor + NetMinor - (Payout?.AmountMinor ?? 0);
}

/// <summary>What one transaction did to the merchant's money.</summary>
/// <param name="AcceptedAt">When the switch accepted it.</param>
/// <param name="BusinessDate">Its own business date; earlier than the close when it came late.</param>
/// <param name="Kind">"sale", "refund" or "reversal".</param>
/// <param name="TerminalId">DE 41.</param>
/// <param name="Rrn">DE 37.</param>
/// <param name="ApprovalCode">DE 38, may be empty.</param>
/// <param name="Scheme">Card scheme, may be empty.</param>
/// <param name="CardLastFour">Last four digits.</param>
/// <param name="GrossMinor">Amount; of a refund negative.</param>
/// <param name="FeeMinor">Fee; negative when it is taken.</param>
/// <param name="VatMinor">Value added tax on it.</param>
/// <param name="ReserveMinor">Kept back; negative.</param>
internal sealed record StatementLine(
    DateTimeOffset AcceptedAt,
    DateOnly BusinessDate,
    string Kind,
    string TerminalId,
    string Rrn,
    string ApprovalCode,
    string Scheme,
    string CardLastFour,
    long GrossMinor,
    long FeeMinor,
    long VatMinor,
    long ReserveMinor)
{
    /// <summary>What it leaves to be paid.</summary>
    public long NetMinor => GrossMinor + FeeMinor + VatMinor + ReserveMinor;
}

/// <summary>The fees of one rule.</summary>
/// <param name="Text">The rule as it read when it was used.</param>
/// <param name="Count">Transactions that it applied to.</param>
/// <param name="AmountMinor">Their fees; negative when taken.</param>
internal sealed record StatementFee(string Text, long Count, long AmountMinor);

/// <summary>An amount that is no transaction.</summary>
/// <param name="Date">The date it settles on.</param>
/// <param name="Text">What it is, for a person.</param>
/// <param name="AmountMinor">Signed by what it does to the merchant's money.</param>
internal sealed record StatementAdjustment(DateOnly Date, string Text, long AmountMinor);

/// <summary>The money sent.</summary>
/// <param name="ValueDate">When the bank is asked to pay.</param>
/// <param name="Account">Where to, as the statement shows it.</param>
/// <param name="AmountMinor">How much.</param>
internal sealed record StatementPayout(DateOnly ValueDate, string Account, long AmountMinor);
