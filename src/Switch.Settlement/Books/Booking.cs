namespace Switch.Settlement.Books;

/// <summary>What the books have made of a payment so far. Stored: never change a number.</summary>
internal enum PaymentStage
{
    /// <summary>Nothing was posted: no approval that moves money.</summary>
    None = 0,

    /// <summary>The approval is posted.</summary>
    Posted = 1,

    /// <summary>Taken back; the acquirer has not yet acknowledged.</summary>
    ReversalQueued = 2,

    /// <summary>Taken back, acknowledged or closed by a person.</summary>
    Reversed = 3,
}

/// <summary>What an event does to the books.</summary>
/// <param name="Stage">Where the payment stands after it.</param>
/// <param name="Lines">The entry; adds up to zero. Empty when the event moves no money.</param>
internal readonly record struct Booking(PaymentStage Stage, Posting[] Lines);
