namespace Switch.Settlement.Webhooks;

/// <summary>What webhooks log: never a secret, a body, or a URL, whose path or query may be one.</summary>
internal static partial class WebhookLog
{
    [LoggerMessage(5601, LogLevel.Debug, "Delivered {EventId} to {Endpoint} at attempt {Attempt}")]
    public static partial void Delivered(ILogger logger, string eventId, string endpoint, int attempt);

    [LoggerMessage(5602, LogLevel.Information, "Not delivered {EventId} to {Endpoint} at attempt {Attempt}: {Reason}")]
    public static partial void Failed(ILogger logger, string eventId, string endpoint, int attempt, string reason);

    [LoggerMessage(
        5603, LogLevel.Warning,
        "Gave up {EventId} for {Endpoint} after attempt {Attempt}: {Reason}. It is a dead letter")]
    public static partial void Dead(ILogger logger, string eventId, string endpoint, int attempt, string reason);

    [LoggerMessage(
        5604, LogLevel.Warning, "The lease of {EventId} for {Endpoint} ended before its attempt: it may be sent twice")]
    public static partial void LeaseLost(ILogger logger, string eventId, string endpoint);

    [LoggerMessage(
        5605, LogLevel.Warning, "{Count} deliveries for {Endpoint}, which is disabled, are dead letters now")]
    public static partial void Buried(ILogger logger, int count, string endpoint);

    [LoggerMessage(
        5606, LogLevel.Error,
        "The secrets of {Endpoint} can't be opened: is the folder of keys the one they were sealed with?")]
    public static partial void SecretsLost(ILogger logger, string endpoint);

    [LoggerMessage(5607, LogLevel.Error, "The store of webhooks is away; going on in {Pause}")]
    public static partial void StoreAway(ILogger logger, Exception exception, TimeSpan pause);

    [LoggerMessage(5608, LogLevel.Error, "{Work} failed; going on in {Pause}")]
    public static partial void WorkFailed(ILogger logger, Exception exception, string work, TimeSpan pause);

    [LoggerMessage(5610, LogLevel.Error, "{What} of {Endpoint} can't be read; nothing is sent, and no attempt counts")]
    public static partial void Unreadable(ILogger logger, Exception exception, string what, string endpoint);

    [LoggerMessage(5609, LogLevel.Error, "No message can be made of {EventId}")]
    public static partial void Unsendable(ILogger logger, Exception exception, string eventId);
}
