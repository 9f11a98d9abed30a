namespace Switch.Settlement.Webhooks;

/// <summary>Stored: never change a number.</summary>
internal enum DeliveryState
{
    /// <summary>To be sent when it is due; being sent while its due time, the end of a lease, lies ahead.</summary>
    Pending = 1,

    /// <summary>The receiver took it.</summary>
    Delivered = 2,

    /// <summary>Given up: a dead letter, which a person can send again.</summary>
    Dead = 3,
}

/// <summary>One event for one endpoint; a row of webhook_delivery.</summary>
internal sealed class Delivery
{
    public string EndpointId { get; set; } = "";

    /// <summary>The switch's event id.</summary>
    public string EventId { get; set; } = "";

    /// <summary>The time of the replay that made it; 0 for the first delivery.</summary>
    public long ReplayMs { get; set; }

    public string TransactionId { get; set; } = "";

    /// <summary>
    /// The event's place among those of its payment, or of its payment's attempts, from 1; 0 for one that came into the
    /// books after a later one.
    /// </summary>
    public long Sequence { get; set; }

    public DeliveryState State { get; set; }

    /// <summary>Attempts that were sent and of which it is known what came.</summary>
    public int Attempts { get; set; }

    public long DueMs { get; set; }

    public long CreatedMs { get; set; }

    public long FinishedMs { get; set; }

    /// <summary>HTTP status of the last answer; 0 when there was none.</summary>
    public int StatusCode { get; set; }

    /// <summary>Why the last attempt failed.</summary>
    public string Reason { get; set; } = "";

    /// <summary>Whose it is while it is sent.</summary>
    public string Claim { get; set; } = "";
}

/// <summary>What came of an attempt.</summary>
internal enum AttemptKind
{
    /// <summary>2xx.</summary>
    Delivered,

    /// <summary>Anything else; tried again by the schedule.</summary>
    Failed,

    /// <summary>410: the receiver wants nothing any more.</summary>
    Gone,

    /// <summary>No message can be made of the event: given up at once, and no fault of the endpoint.</summary>
    Unsendable,

    /// <summary>
    /// Nothing was sent for a reason of our own; it does not count as an attempt, and ends after some days.
    /// </summary>
    Postponed,
}

/// <summary>What came of an attempt.</summary>
/// <param name="Kind">What is to be done.</param>
/// <param name="StatusCode">HTTP status; 0 without an answer.</param>
/// <param name="Reason">From a small set of sentences; never text of the receiver.</param>
/// <param name="RetryAfter">What the receiver asked for.</param>
internal sealed record AttemptResult(
    AttemptKind Kind, int StatusCode = 0, string Reason = "", TimeSpan? RetryAfter = null)
{
    /// <summary>Whether the receiver may have seen it: it counts, and says something about the endpoint.</summary>
    public bool IsSent => Kind is not (AttemptKind.Postponed or AttemptKind.Unsendable);
}
