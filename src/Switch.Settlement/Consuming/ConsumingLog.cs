namespace Switch.Settlement.Consuming;

/// <summary>What the consumer logs. Never the contents of an event.</summary>
internal static partial class ConsumingLog
{
    [LoggerMessage(3000, LogLevel.Information, "Consuming {Topic} as {Group}: partitions {Partitions}")]
    public static partial void Assigned(ILogger logger, string topic, string group, string partitions);

    [LoggerMessage(3001, LogLevel.Information, "Partitions {Partitions} go to another consumer")]
    public static partial void Revoked(ILogger logger, string partitions);

    [LoggerMessage(
        3002, LogLevel.Warning,
        "Another consumer has moved the offsets; what was read is dropped and read again")]
    public static partial void Fenced(ILogger logger);

    [LoggerMessage(
        3003, LogLevel.Error,
        "A batch of {Events} could not be written and is tried again in {Pause}; nothing of it is lost")]
    public static partial void WriteFailed(ILogger logger, Exception fault, int events, TimeSpan pause);

    [LoggerMessage(3004, LogLevel.Error, "Consuming stopped and starts again in {Pause}")]
    public static partial void Stopped(ILogger logger, Exception fault, TimeSpan pause);

    [LoggerMessage(
        3005, LogLevel.Warning,
        "{Count} messages went to the dead letters, the last of partition {Partition} at {Offset}")]
    public static partial void DeadLetters(ILogger logger, int count, int partition, long offset);

    [LoggerMessage(3006, LogLevel.Error, "{Count} dead letters could not be published and are tried again: {Fault}")]
    public static partial void DeadLettersKept(ILogger logger, int count, string fault);

    [LoggerMessage(3007, LogLevel.Information, "{Lag} events behind in {Partitions} partitions")]
    public static partial void Behind(ILogger logger, long lag, int partitions);

    [LoggerMessage(
        3008, LogLevel.Critical,
        "Kafka no longer has what comes next in partition {Partition} of {Topic}: events were deleted before they were "
        + "read, and the books lack them. Consuming waits until a person has raised next_offset in the table consumed, "
        + "as docs/settlement.md says (When Kafka has lost events); no rebuild can mend it")]
    public static partial void EventsLost(ILogger logger, int partition, string topic);

    [LoggerMessage(3009, LogLevel.Warning, "The store is away and is tried again in {Pause}: {Fault}")]
    public static partial void StoreAway(ILogger logger, string fault, TimeSpan pause);

    [LoggerMessage(3010, LogLevel.Debug, "Kafka client, {Facility}: {Text}")]
    public static partial void KafkaClient(ILogger logger, string facility, string text);

    [LoggerMessage(3011, LogLevel.Information, "Stopped consuming {Topic}: {Events} events in this run")]
    public static partial void Ended(ILogger logger, string topic, long events);

    [LoggerMessage(
        3012, LogLevel.Warning,
        "There is no topic {Topic} yet, as before the first payment of an installation; asked again in {Pause}")]
    public static partial void NoTopic(ILogger logger, string topic, TimeSpan pause);

    [LoggerMessage(3013, LogLevel.Error, "Dead letters can't be published, and are tried again in {Pause}")]
    public static partial void PublishingFailed(ILogger logger, Exception fault, TimeSpan pause);
}
