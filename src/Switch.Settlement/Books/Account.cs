namespace Switch.Settlement.Books;

/// <summary>
/// The accounts of the ledger. Numbers are stored and go to the accounting export: never change one. Whose account it
/// is (acquirer, merchant) stands on the entry.
/// </summary>
internal enum Account
{
    /// <summary>Asset: what the scheme owes through the acquirer that approved.</summary>
    SchemeReceivable = 1100,

    /// <summary>Asset: approvals taken back whose reversal the acquirer has not yet acknowledged.</summary>
    ReversalSuspense = 1110,

    /// <summary>Asset: money at the bank.</summary>
    Bank = 1200,

    /// <summary>Liability: what the merchant is to be paid.</summary>
    MerchantPayable = 2100,

    /// <summary>Liability: what is kept back of a merchant's money for a time.</summary>
    MerchantReserve = 2110,

    /// <summary>Liability: payouts ordered and not yet seen on the bank statement.</summary>
    PayoutPayable = 2120,

    /// <summary>Liability: value added tax on the merchant's fees.</summary>
    VatPayable = 2200,

    /// <summary>Liability: what the scheme will invoice.</summary>
    SchemePayable = 2300,

    /// <summary>Income: the merchant discount.</summary>
    FeeIncome = 4100,

    /// <summary>Expense: interchange, which the issuer keeps.</summary>
    Interchange = 5100,

    /// <summary>Expense: scheme fees.</summary>
    SchemeCost = 5200,

    /// <summary>Expense, or income when negative: corrections entered at the operator's own cost.</summary>
    Corrections = 5300,
}
