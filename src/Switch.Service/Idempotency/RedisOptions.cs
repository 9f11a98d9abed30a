using System.ComponentModel.DataAnnotations;
using StackExchange.Redis;

namespace Switch.Service.Idempotency;

/// <summary>Where the idempotency records live and how long to wait for them; section <c>Switch:Redis</c>.</summary>
internal sealed class RedisOptions : IValidatableObject
{
    public const string Section = "Switch:Redis";

    /// <summary>
    /// A StackExchange.Redis connection string: <c>host:port</c>, several endpoints of a cluster, or sentinels with
    /// <c>serviceName=…</c>. It may hold a password and is never logged. What this class and
    /// <see cref="RedisConnection"/> set wins over what the string says.
    /// </summary>
    [Required(AllowEmptyStrings = false)]
    public string Configuration { get; set; } = "127.0.0.1:6379";

    /// <summary>
    /// How long one operation may take before the caller gets Unavailable; 50 ms to 5 s. The client looks at its clock
    /// a few times in this span, so an answer comes at most a third later.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:00:05")]
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromMilliseconds(300);

    /// <summary>How long the first connection, and each later one, may take; 100 ms to 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:30")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a record lives from its claim, or from its last attempt or take-over; 1 s to 30 days. S4: longer than
    /// the longest terminal retry, the expiry of advices and the settlement close together.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan RecordTtl { get; set; } = TimeSpan.FromHours(72);

    /// <summary>
    /// How long an owner may keep a request to itself, on Redis's clock; 1 s to 10 min. Whoever meets the record after
    /// that takes it over, reverses what may have been sent, and answers 68. Longer than the longest
    /// <c>Switch:Acquirers:*:ReplyTimeout</c> by a second at least; each further attempt renews it.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How often an instance says that it is alive and looks whether Redis is still the one it knows; 50 ms to 10 s. An
    /// instance counts as gone ten times this after it was last heard of.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:00:10")]
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// After Redis has lost records: how long new money waits for other instances to put theirs back, when one of them
    /// does not; 0 to 5 min. Every instance heard of within the time for which
    /// journals keep records is waited for.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan PeerWait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many operations may await Redis at once; past it the answer is Unavailable.</summary>
    [Range(1, 1_000_000)]
    public int OperationsInFlightMax { get; set; } = 16_384;

    /// <summary>
    /// How many keys may be polled at once because another instance works on them; past it the answer is in progress.
    /// 0 never polls. At most this × 50 reads a second at first, × 2 later.
    /// </summary>
    [Range(0, 1_000_000)]
    public int CrossInstanceWaitersMax { get; set; } = 1024;

    /// <summary>
    /// How many completions may wait for Redis to return before new money is refused; what has begun is never dropped.
    /// </summary>
    [Range(1, 1_000_000)]
    public int PendingCompletionsMax { get; set; } = 8192;

    /// <summary>How many releases may wait for Redis to return; past it they are dropped and counted.</summary>
    [Range(1, 1_000_000)]
    public int PendingReleasesMax { get; set; } = 8192;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // The message names no part of the text: it may hold a password.
        if (!string.IsNullOrEmpty(Configuration) && !IsConnectionString(Configuration))
        {
            yield return new ValidationResult(
                "Configuration is no StackExchange.Redis connection string with at least one endpoint.",
                [nameof(Configuration)]);
        }
    }

    private static bool IsConnectionString(string text)
    {
        try
        {
            return ConfigurationOptions.Parse(text).EndPoints.Count > 0;
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
