using Switch.Contracts.V1;

namespace Switch.Settlement.Consuming;

/// <summary>
/// A message as it came from a partition. The key is for people who look into a dead letter, empty when there is none;
/// the type is the CloudEvents type of its headers, null when it has none.
/// </summary>
internal readonly record struct ConsumedMessage(int Partition, long Offset, string Key, byte[] Value, string? Type);

/// <summary>
/// A message that was read: an event and its business date, or in words, for a person, why it is none. With neither it
/// is passed over: a replay meets a dead letter there that was booked later.
/// </summary>
internal readonly record struct ReadMessage(
    ConsumedMessage Message, TransactionEvent? Event, DateOnly BusinessDate, string? Fault)
{
    /// <summary>The window of a dead letter that is booked after all, away from its place; else null.</summary>
    public DateOnly? Settles { get; init; }

    public bool IsPassedOver => Event is null && Fault is null;
}

/// <summary>A message that goes to the dead letters, with the reason in words, for a person.</summary>
internal readonly record struct DeadLetter(ConsumedMessage Message, string Reason);
