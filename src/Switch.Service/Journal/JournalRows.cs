using Switch.Contracts.V1;

namespace Switch.Service.Journal;

/// <summary>
/// An attempt that is about to be sent. It stays until its outcome is written; what is left after a crash was possibly
/// sent (S8).
/// </summary>
/// <param name="TransactionId">32 lower-case hexadecimal digits; a later attempt of it replaces the row.</param>
/// <param name="Attempt">1 for the first candidate, counting up.</param>
/// <param name="Acquirer">Name of the acquirer link.</param>
/// <param name="Rrn">DE 37 of the attempt.</param>
/// <param name="CreatedAtMs">Milliseconds since 1970, UTC.</param>
/// <param name="Detail">What a reversal needs, sealed; <see cref="JournalStep.BytesMax"/> bytes at most.</param>
internal sealed record IntentRow(
    string TransactionId, int Attempt, string Acquirer, string Rrn, long CreatedAtMs, ReadOnlyMemory<byte> Detail);

/// <summary>An event on its way to Kafka.</summary>
/// <param name="EventId">Unique; a second row with the same id is ignored.</param>
/// <param name="PartitionKey">Root transaction id.</param>
/// <param name="Type">CloudEvents type.</param>
/// <param name="TraceParent">W3C traceparent, if there was one.</param>
/// <param name="OccurredAtMs">Milliseconds since 1970, UTC.</param>
/// <param name="Payload">The event; at most <see cref="JournalStep.BytesMax"/> bytes.</param>
internal sealed record OutboxRow(
    string EventId,
    string PartitionKey,
    string Type,
    string? TraceParent,
    long OccurredAtMs,
    ReadOnlyMemory<byte> Payload);

/// <summary>What an advice is about: the words in its row.</summary>
internal static class AdviceKinds
{
    /// <summary>Of the attempt that the request's answer speaks of.</summary>
    public const string Reversal = "reversal";

    /// <summary>Of an attempt that came to light after its request had been ended otherwise; never the same
    /// message.</summary>
    public const string LateReversal = "late_reversal";
}

/// <summary>Where an advice stands: the words in its row.</summary>
internal static class AdviceStates
{
    /// <summary>It is owed and will be sent.</summary>
    public const string Pending = "pending";

    /// <summary>It waits for a person.</summary>
    public const string Parked = "parked";
}

/// <summary>A message that the acquirer must acknowledge sooner or later: a reversal or a completion (S6).</summary>
/// <param name="AdviceId">Unique and derived from the original; a second row with the same id is ignored.</param>
/// <param name="TransactionId">The original.</param>
/// <param name="Acquirer">Name of the acquirer link.</param>
/// <param name="Kind">Reversal, completion and so on; a short word.</param>
/// <param name="State">Where it stands; a short word.</param>
/// <param name="Rrn">DE 37 of the original.</param>
/// <param name="CreatedAtMs">Milliseconds since 1970, UTC.</param>
/// <param name="NextAttemptAtMs">Not before this, milliseconds since 1970, UTC.</param>
/// <param name="Detail">What it needs, card data sealed; <see cref="JournalStep.BytesMax"/> bytes at most.</param>
/// <param name="Tries">Transmissions that may have left, from 0; 1 before the first byte of the first.</param>
/// <param name="Reason">Why the last try did not settle it, or why it is parked; may be empty.</param>
/// <param name="Sequence">Set on reading: rises in the order of commits and is never used again.</param>
internal sealed record AdviceRow(
    string AdviceId,
    string TransactionId,
    string Acquirer,
    string Kind,
    string State,
    string Rrn,
    long CreatedAtMs,
    long NextAttemptAtMs,
    ReadOnlyMemory<byte> Detail,
    int Tries = 0,
    string Reason = "",
    long Sequence = 0)
{
    /// <summary>
    /// Which attempt of the transaction it speaks of, the last part of its id; each is an original of its own to an
    /// acquirer.
    /// </summary>
    public string Attempt => AdviceId[(AdviceId.LastIndexOf('.') + 1)..];
}

/// <summary>What changes in the row of an advice.</summary>
/// <param name="AdviceId">Which.</param>
/// <param name="State">Where it stands now; a short word.</param>
/// <param name="Tries">Transmissions that may have left.</param>
/// <param name="NextAttemptAtMs">Not before this, milliseconds since 1970, UTC; of a parked one, when it was
/// parked.</param>
/// <param name="Reason">Why; may be empty, <see cref="JournalStep.TextMax"/> characters at most.</param>
internal sealed record AdviceUpdate(string AdviceId, string State, int Tries, long NextAttemptAtMs, string Reason);

/// <summary>
/// A record that this instance has given a request in the shared store, kept for a while so that it can be put back
/// should the store lose it. A later row of a transaction replaces an earlier one.
/// </summary>
/// <param name="TransactionId">32 lower-case hexadecimal digits.</param>
/// <param name="AtMs">Milliseconds since 1970, UTC.</param>
/// <param name="Record">As the store has it; empty: this instance's outcome did not stand, nothing is to be put
/// back.</param>
/// <param name="IsSettled">
/// The store is known to have it, or nobody can contradict it. False: its events wait for <see
/// cref="IJournal.Settle"/>.
/// </param>
internal sealed record OutcomeRow(
    string TransactionId, long AtMs, ReadOnlyMemory<byte> Record, bool IsSettled = false);

/// <summary>An <see cref="OutcomeRow"/> as recovery reads it.</summary>
/// <param name="Sequence">Rises in the order of commits.</param>
/// <param name="Outcome">As written; settled also when it was settled since.</param>
internal sealed record KeptOutcome(long Sequence, OutcomeRow Outcome);

/// <summary>An <see cref="OutboxRow"/> as the relay reads it.</summary>
/// <param name="Sequence">Rises in the order of commits and is never used again, also after a restart.</param>
/// <param name="EventId">As written.</param>
/// <param name="PartitionKey">As written.</param>
/// <param name="Type">As written.</param>
/// <param name="TraceParent">As written.</param>
/// <param name="OccurredAtMs">As written.</param>
/// <param name="Payload">As written.</param>
internal sealed record PendingEvent(
    long Sequence,
    string EventId,
    string PartitionKey,
    string Type,
    string? TraceParent,
    long OccurredAtMs,
    ReadOnlyMemory<byte> Payload);

/// <summary>A terminal's reversal that is accepted while nobody can say what there is to take back.</summary>
/// <param name="TransactionId">Of the authorization; a second row with the same id is ignored.</param>
/// <param name="Reason">What the terminal gave.</param>
/// <param name="Sequence">Set on reading: rises in the order of commits and is never used again.</param>
internal sealed record DeferredReversal(string TransactionId, ReversalReason Reason, long Sequence = 0);
