namespace Switch.Service.Idempotency;

/// <summary>
/// What the records need of a store: a handful of atomic steps on one key each, and three small things beside them (an
/// index of claims that stay open, presence of instances, the store's identity). Nothing here throws for a store that
/// is down or hangs; it says <see cref="StoreReplyKind.Unavailable"/>, soon.
/// </summary>
internal interface IIdempotencyStore
{
    /// <summary>
    /// Counts up whenever the store may have lost records: a new connection, another primary, a canary that is gone.
    /// The steps marked "guarded" are refused until <see cref="Trust"/> names the current generation.
    /// </summary>
    long Generation { get; }

    /// <summary>Lets guarded steps through for as long as the generation stays this one.</summary>
    void Trust(long generation);

    /// <summary>Whether guarded steps are let through.</summary>
    bool IsTrusted { get; }

    /// <summary>Counts the generation up: the store turned out to be another than it was.</summary>
    void Distrust();

    /// <summary>Ends when the generation has counted up since this ended last, or after that long.</summary>
    Task WaitForChangeAsync(TimeSpan atMost, CancellationToken cancellationToken);

    /// <summary>Guarded. Writes a record where there is none, else gives the one that is there. One plain
    /// command.</summary>
    ValueTask<StoreReply> SetIfAbsentAsync(string transactionId, byte[] record);

    /// <summary>
    /// Guarded. Writes the record if the one that stands has exactly this state, flags, fence, fingerprint and owner;
    /// gives the one that stands if not.
    /// </summary>
    /// <param name="transactionId">Of the record.</param>
    /// <param name="expected">As <see cref="IdempotencyRecord.Guard"/> gives it.</param>
    /// <param name="record">What to write.</param>
    /// <param name="orAbsent">Write it too where there is none; without this, none gives Absent.</param>
    /// <param name="keepLife">Keep what is left of the life of the one that stands; else it starts anew.</param>
    ValueTask<StoreReply> ReplaceAsync(
        string transactionId, byte[] expected, byte[] record, bool orAbsent, bool keepLife);

    /// <summary>
    /// Guarded. Writes the record over an in-flight one with this fence whose lease has run out on the store's own
    /// clock; gives the one that stands if not.
    /// </summary>
    ValueTask<StoreReply> TakeExpiredAsync(string transactionId, Fence fence, byte[] record);

    /// <summary>Guarded. Deletes an in-flight record with this fence; Done also when it is gone already.</summary>
    ValueTask<StoreReply> DeleteAsync(string transactionId, Fence fence);

    /// <summary>Guarded. Reads a record.</summary>
    ValueTask<StoreReply> GetAsync(string transactionId);

    /// <summary>
    /// Not guarded: puts back what a store may have lost. Writes where there is none, and over an in-flight record too
    /// when <paramref name="overInFlight"/>, and over the one whose guard is <paramref name="over"/>; gives the one
    /// that stands if it did neither.
    /// </summary>
    ValueTask<StoreReply> RestoreAsync(
        string transactionId, byte[] record, TimeSpan life, bool overInFlight, byte[]? over = null);

    /// <summary>
    /// Adds notes to and removes them from the index of what stays open; each begins with a transaction id. False when
    /// the store did not answer.
    /// </summary>
    ValueTask<bool> IndexAsync(IReadOnlyCollection<string> add, IReadOnlyCollection<string> remove);

    /// <summary>
    /// What has been in the index since before <paramref name="before"/>, oldest first; null when the store did not
    /// answer.
    /// </summary>
    /// <param name="before">Only what is older.</param>
    /// <param name="skip">About this many of the oldest are passed over.</param>
    /// <param name="max">About this many at most.</param>
    ValueTask<IReadOnlyList<string>?> ReadIndexAsync(DateTimeOffset before, int skip, int max);

    /// <summary>Not guarded. Says that this journal's instance is alive and has put back what it holds.</summary>
    /// <param name="journal">Of the instance.</param>
    /// <param name="identity">The store's identity for which it has put back everything; empty: not yet.</param>
    /// <param name="life">How long that stays true without a repeat, on the store's clock.</param>
    ValueTask<bool> AnnounceAsync(ulong journal, string identity, TimeSpan life);

    /// <summary>Not guarded. Instances that are alive, with the identity each has announced; null: no answer.</summary>
    ValueTask<IReadOnlyDictionary<ulong, string>?> PeersAsync();

    /// <summary>
    /// Not guarded. Names the incarnation of the store's data: of its process or processes, and of its canary. Another
    /// name means that records may be lost. Null: no answer.
    /// </summary>
    ValueTask<StoreIdentity?> IdentifyAsync();

    /// <summary>Not guarded. Plants a canary where there is none.</summary>
    ValueTask<bool> PlantCanaryAsync();
}

/// <param name="Processes">Run ids of the primaries.</param>
/// <param name="Canary">Value of the canary key; empty when there is none.</param>
internal readonly record struct StoreIdentity(string Processes, string Canary)
{
    /// <summary>One text for both.</summary>
    public override string ToString() => $"{Processes}/{Canary}";
}

internal enum StoreReplyKind
{
    /// <summary>The step was taken.</summary>
    Done,

    /// <summary>It was not, because of the record that stands.</summary>
    Found,

    /// <summary>There is no record.</summary>
    Absent,

    /// <summary>No answer in time, or none that this version can read.</summary>
    Unavailable,
}

/// <param name="Kind">What became of the step.</param>
/// <param name="Record">With Found, the record that stands.</param>
/// <param name="MayBeTaken">With Unavailable: the step may yet be taken, or have been.</param>
internal readonly record struct StoreReply(StoreReplyKind Kind, IdempotencyRecord Record, bool MayBeTaken)
{
    public static readonly StoreReply Done = new(StoreReplyKind.Done, default, false);
    public static readonly StoreReply Absent = new(StoreReplyKind.Absent, default, false);
    public static readonly StoreReply Unavailable = new(StoreReplyKind.Unavailable, default, true);
    public static readonly StoreReply Refused = new(StoreReplyKind.Unavailable, default, false);

    public static StoreReply Found(IdempotencyRecord record) => new(StoreReplyKind.Found, record, false);
}
