using Switch.Contracts.V1;

namespace Switch.Settlement.Consuming;

/// <summary>
/// A message as it came from a partition. The key is for people who look into a dead letter, empty when there is none;
/// the
/// type is the CloudEvents type of its headers, null when it has none.
/// </summary>
internal readonly record struct ConsumedMessage(int Partition, long Offset, string Key, byte[] Value, string? Type);

/// <summary>
/// A message that was read: an event and its business date, or in words, for a person, why it is none.
/// </summary>
internal readonly record struct ReadMessage(
    ConsumedMessage Message, TransactionEvent? Event, DateOnly BusinessDate, string? Fault);

/// <summary>A message that goes to the dead letters, with the reason in words, for a person.</summary>
internal readonly record struct DeadLetter(ConsumedMessage Message, string Reason);
