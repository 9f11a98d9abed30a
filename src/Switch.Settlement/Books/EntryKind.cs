namespace Switch.Settlement.Books;

/// <summary>Why an entry was made. Stored: never change a number.</summary>
internal enum EntryKind
{
    /// <summary>An approved purchase.</summary>
    Sale = 1,

    /// <summary>An approved refund.</summary>
    Refund = 2,

    /// <summary>An approval taken back.</summary>
    Reversal = 3,

    /// <summary>The acquirer acknowledged a reversal, or a person closed it.</summary>
    ReversalSettled = 4,

    /// <summary>A payout ordered.</summary>
    Payout = 5,

    /// <summary>Reserve given back to the merchant.</summary>
    ReserveRelease = 6,

    /// <summary>A correction that a person entered.</summary>
    Adjustment = 7,

    /// <summary>Money seen on the bank statement.</summary>
    BankMovement = 8,

    /// <summary>A chargeback, or one won back, that a person entered.</summary>
    Chargeback = 9,
}
