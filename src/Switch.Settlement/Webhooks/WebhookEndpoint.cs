namespace Switch.Settlement.Webhooks;

/// <summary>Stored: never change a number.</summary>
internal enum EndpointState
{
    Enabled = 1,

    /// <summary>By the operator, by 410, or because nothing was taken for too long.</summary>
    Disabled = 2,
}

/// <summary>Where a merchant's events go; a row of webhook_endpoint.</summary>
internal sealed class WebhookEndpoint
{
    /// <summary>"ep_" and 24 lower-case hexadecimal digits.</summary>
    public string Id { get; set; } = "";

    public string MerchantId { get; set; } = "";

    public string Url { get; set; } = "";

    /// <summary>Names of <see cref="WebhookEventType"/> with commas between; empty: all.</summary>
    public string EventTypes { get; set; } = "";

    public EndpointState State { get; set; }

    /// <summary>Why it is disabled.</summary>
    public string StateReason { get; set; } = "";

    public long CreatedMs { get; set; }

    /// <summary>Nothing is sent before this time: the receiver asked for it.</summary>
    public long PausedUntilMs { get; set; }

    /// <summary>Since when nothing was taken; 0 while all is well.</summary>
    public long FailingSinceMs { get; set; }

    /// <summary>Deliveries not yet taken; in lists only.</summary>
    public long Pending { get; set; }

    /// <summary>Dead letters; in lists only.</summary>
    public long Dead { get; set; }

    /// <summary>Whether it wants events of this name.</summary>
    public static bool Wants(string eventTypes, string type) =>
        eventTypes.Length == 0 || eventTypes.Split(',').Contains(type, StringComparer.Ordinal);
}

/// <summary>An endpoint with a secret that is shown this once.</summary>
internal sealed record IssuedSecret(string EndpointId, WebhookSecret Secret);
