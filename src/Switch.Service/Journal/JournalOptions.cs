using System.ComponentModel.DataAnnotations;

namespace Switch.Service.Journal;

/// <summary>Where the journal is and how large its parts may grow.</summary>
internal sealed class JournalOptions
{
    /// <summary>
    /// The database file. Its folder is made when it is missing; "-wal", "-shm" and ".lock" files stand beside.
    /// </summary>
    [Required(AllowEmptyStrings = false)]
    public string Path { get; set; } = "";

    /// <summary>
    /// Steps that may wait for the writer; beyond it <see cref="JournalFault.Busy"/>. At 20,000 steps a second, the
    /// default is under half a second of work: whoever waits longer is better told to come again.
    /// </summary>
    [Range(1, 1_000_000)]
    public int QueueMax { get; set; } = 8_192;

    /// <summary>
    /// Steps in one transaction at most, so that the first of a long queue is not kept waiting by the last.
    /// </summary>
    [Range(1, 100_000)]
    public int GroupMax { get; set; } = 1_024;

    /// <summary>Events that may wait for Kafka, those that open intents still owe included.</summary>
    [Range(JournalStep.EventsMax, 1_000_000_000)]
    public long OutboxRowsMax { get; set; } = 1_000_000;

    /// <summary>Advices that may wait for an acquirer, those that open intents may still owe included.</summary>
    [Range(1, 1_000_000_000)]
    public long AdviceRowsMax { get; set; } = 250_000;

    /// <summary>
    /// How long records of finished requests are kept, to be put back should the shared store lose them; 0 to 24 h. A
    /// retry within this time replays whatever becomes of the store.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan OutcomeRetention { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Records kept at most; beyond it, or when the file is three quarters full, the oldest go before their time.
    /// </summary>
    [Range(1, 1_000_000_000)]
    public long OutcomeRowsMax { get; set; } = 2_000_000;

    /// <summary>
    /// Size of the database file in bytes at most; the write-ahead log beside it stays below the same bound.
    /// </summary>
    [Range(1L << 20, 1L << 43)]
    public long BytesMax { get; set; } = 4L << 30;

    /// <summary>
    /// Write-ahead log in bytes above which the writer tries to cut it back to nothing. Normally it turns over at about
    /// 4 MiB; it grows while a reader, a support tool perhaps, holds a snapshot open.
    /// </summary>
    [Range(1L << 20, 1L << 40)]
    public long WalBytesTarget { get; set; } = 64L << 20;

    /// <summary>First wait before the disk is tried again after an error.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan ProbeDelayMin { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest wait; it doubles up to here.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan ProbeDelayMax { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Newest events that stay in memory for the relay; Kafka takes a while to acknowledge, so what is on its way to it
    /// is in here too. Not configurable: with few a test reads from the disk.
    /// </summary>
    internal int OutboxTailMax { get; set; } = 16_384;

    /// <summary>
    /// Pages kept for the outcome of each open intent. Not configurable: 0 lets a test reach a full file.
    /// </summary>
    internal int ReservedPagesPerIntent { get; set; } = JournalBounds.OutcomePagesMax;
}
