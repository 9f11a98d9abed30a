using Switch.Contracts.V1;

namespace Switch.Settlement.Consuming;

/// <summary>A message as it came from a partition.</summary>
/// <param name="Key">For people who look into a dead letter; empty when there is none.</param>
/// <param name="Type">The CloudEvents type of its headers; null when it has none.</param>
internal readonly record struct ConsumedMessage(int Partition, long Offset, string Key, byte[] Value, string? Type);

/// <summary>A message that was read: an event, or why it is none.</summary>
/// <param name="Event">Null when it could not be read.</param>
/// <param name="BusinessDate">The event's.</param>
/// <param name="Fault">In words, for a person; null when it could be read.</param>
internal readonly record struct ReadMessage(
    ConsumedMessage Message, TransactionEvent? Event, DateOnly BusinessDate, string? Fault);

/// <summary>A message that goes to the dead letters.</summary>
/// <param name="Reason">In words, for a person.</param>
internal readonly record struct DeadLetter(ConsumedMessage Message, string Reason);
