using Switch.Contracts.V1;
using Switch.Iso8583;
using Switch.Service.Idempotency;
using Switch.Service.Journal;

namespace Switch.Service;

/// <summary>
/// Every message the service logs, with fixed event ids. Nothing here takes a request, a message or bytes: what could
/// hold card data has no way in (G6).
/// </summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Information, "Switch {Instance} is ready on {Addresses}")]
    public static partial void Ready(ILogger logger, string instance, string addresses);

    [LoggerMessage(
        1001, LogLevel.Warning,
        "No TLS is configured: {Api} is served in plaintext on {Address} ({Why}). Configure Switch:Tls for "
        + "anything but development")]
    public static partial void PlaintextListener(ILogger logger, string api, string address, string why);

    [LoggerMessage(
        1019, LogLevel.Warning,
        "Switch {Instance} is up on {Addresses} and not ready: the store is away, or what it may have lost is "
        + "not back")]
    public static partial void Unready(ILogger logger, string instance, string addresses);

    [LoggerMessage(1002, LogLevel.Information, "Draining: unready now, new work is refused in {Delay}")]
    public static partial void Draining(ILogger logger, TimeSpan delay);

    [LoggerMessage(1003, LogLevel.Information, "Drained: {InFlight} requests in flight, {Events} events in the outbox")]
    public static partial void Drained(ILogger logger, int inFlight, long events);

    [LoggerMessage(1004, LogLevel.Information, "The TLS certificate was read; it expires {NotAfter:u}")]
    public static partial void CertificateLoaded(ILogger logger, DateTime notAfter);

    [LoggerMessage(1005, LogLevel.Error, "The changed TLS certificate can't be used; the old one stays: {Fault}")]
    public static partial void CertificateRefused(ILogger logger, string fault);

    [LoggerMessage(1006, LogLevel.Information, "Merchants were read again: {Count}")]
    public static partial void MerchantsLoaded(ILogger logger, int count);

    [LoggerMessage(1007, LogLevel.Error, "The changed {Path} can't be used; the old merchants stay: {Faults}")]
    public static partial void MerchantsRefused(ILogger logger, string path, string faults);

    [LoggerMessage(1008, LogLevel.Warning, "Journal health is now {Health}: {Error}")]
    public static partial void JournalHealth(ILogger logger, JournalFault health, string error);

    [LoggerMessage(
        1009, LogLevel.Warning,
        "Folder {Folder} can't be watched; changes of its files are found by looking every {PollInterval}: {Reason}")]
    public static partial void WatchFailed(ILogger logger, string folder, TimeSpan pollInterval, string reason);

    [LoggerMessage(1010, LogLevel.Error, "Looking for a change of {Paths} failed; it will be tried again")]
    public static partial void LookFailed(ILogger logger, Exception exception, string paths);

    [LoggerMessage(
        1100, LogLevel.Error,
        "An authorization ended in an unexpected error; transaction {TransactionId} stays open until it is "
        + "recovered")]
    public static partial void AuthorizationFailed(ILogger logger, string transactionId, Exception exception);

    [LoggerMessage(
        1101, LogLevel.Error,
        "The outcome of transaction {TransactionId} could not be journalled ({Fault}); it stays open until it is "
        + "recovered")]
    public static partial void OutcomeNotJournalled(ILogger logger, string transactionId, JournalFault fault);

    [LoggerMessage(
        1115, LogLevel.Warning,
        "Transaction {TransactionId} was left without an outcome; attempt {Attempt} at acquirer {Acquirer} is "
        + "reversed")]
    public static partial void Recovered(ILogger logger, string transactionId, int attempt, string acquirer);

    [LoggerMessage(
        1106, LogLevel.Warning,
        "The outcome of transaction {TransactionId} does not stand: another instance had ended it. An approval is "
        + "reversed: {IsReversed}")]
    public static partial void OutcomeSuperseded(ILogger logger, string transactionId, bool isReversed);

    [LoggerMessage(
        1107, LogLevel.Warning,
        "An attempt of transaction {TransactionId} was not known to who ended it; it is reversed on its own. "
        + "Parked for a "
        + "person, because another attempt was approved: {IsParked}")]
    public static partial void IntentSuperseded(ILogger logger, string transactionId, bool isParked);

    [LoggerMessage(
        1108, LogLevel.Error,
        "The intent of transaction {TransactionId} cannot be read ({Fault}): look at its row in the journal")]
    public static partial void IntentUnreadable(ILogger logger, string transactionId, RecordFault fault);

    [LoggerMessage(
        1109, LogLevel.Warning,
        "The reversal of transaction {TransactionId} was owed by an instance that is gone; adopted")]
    public static partial void ReversalAdopted(ILogger logger, string transactionId);

    [LoggerMessage(
        1110, LogLevel.Error,
        "Two answers of transaction {TransactionId} were in the store before and after it lost records; the "
        + "later stands")]
    public static partial void RecordsContradict(ILogger logger, string transactionId);

    [LoggerMessage(
        1111, LogLevel.Warning,
        "The store may have lost records: new money waits until this instance has put back what it holds")]
    public static partial void StoreChanged(ILogger logger);

    [LoggerMessage(1112, LogLevel.Information, "Put {Records} records back into the store in {Duration}")]
    public static partial void StoreRestored(ILogger logger, int records, TimeSpan duration);

    [LoggerMessage(
        1113, LogLevel.Error,
        "{Missing} instances have not put their records back within {Waited}; new money is taken without them")]
    public static partial void PeersMissing(ILogger logger, int missing, TimeSpan waited);

    [LoggerMessage(
        1116, LogLevel.Information,
        "A new journal knows no other instance: new money waits until one vouches for the store, at most {Wait}")]
    public static partial void NobodyKnown(ILogger logger, TimeSpan wait);

    [LoggerMessage(1114, LogLevel.Error, "{Part} met an unexpected error; it goes on")]
    public static partial void RecoveryFailed(ILogger logger, string part, Exception exception);

    [LoggerMessage(
        1102, LogLevel.Warning,
        "Idempotency key reused with a different payload: transaction {TransactionId}")]
    public static partial void KeyReused(ILogger logger, string transactionId);

    [LoggerMessage(
        1103, LogLevel.Error,
        "Transaction {TransactionId} lost its claim while it was being processed; its record belongs to another "
        + "owner")]
    public static partial void ClaimLost(ILogger logger, string transactionId);

    [LoggerMessage(
        1104, LogLevel.Warning,
        "Attempt {Attempt} of transaction {TransactionId} at acquirer {Acquirer} does not stand: {Cause} ({Detail}); "
        + "its reversal is queued")]
    public static partial void TakenBack(
        ILogger logger, int attempt, string transactionId, string acquirer, ReversalCause cause, string detail);

    [LoggerMessage(1105, LogLevel.Error, "A call of {Method} ended in an unexpected error")]
    public static partial void CallFailed(ILogger logger, string method, Exception exception);

    [LoggerMessage(1200, LogLevel.Error, "The outbox stopped and starts again")]
    public static partial void OutboxStopped(ILogger logger, Exception exception);

    [LoggerMessage(1201, LogLevel.Error, "Event {Sequence} was not delivered: {Error}")]
    public static partial void EventNotDelivered(ILogger logger, long sequence, string error);

    [LoggerMessage(
        1202, LogLevel.Warning,
        "{Count} delivered events could not be removed from the journal ({Fault}); they will be sent again")]
    public static partial void PublishedNotRemoved(ILogger logger, int count, JournalFault fault);

    [LoggerMessage(
        1203, LogLevel.Warning,
        "The outbox stops with events that Kafka has not acknowledged; {Depth} stay in the journal")]
    public static partial void OutboxNotFlushed(ILogger logger, long depth);

    [LoggerMessage(1204, LogLevel.Warning, "Kafka client error {Code} (fatal: {IsFatal}): {Reason}")]
    public static partial void KafkaClientError(ILogger logger, string code, bool isFatal, string reason);

    [LoggerMessage(1205, LogLevel.Debug, "Kafka client message of facility {Facility}: {Text}")]
    public static partial void KafkaClientMessage(ILogger logger, string facility, string text);

    [LoggerMessage(1300, LogLevel.Information, "Acquirer {Acquirer}: connection {Connection} to {Endpoint} is up")]
    public static partial void ConnectionUp(ILogger logger, string acquirer, int connection, string endpoint);

    [LoggerMessage(1301, LogLevel.Warning, "Acquirer {Acquirer}: connection {Connection} closed: {Reason}: {Detail}")]
    public static partial void ConnectionClosed(
        ILogger logger, string acquirer, int connection, CloseReason reason, string detail);

    [LoggerMessage(
        1302, LogLevel.Warning,
        "Acquirer {Acquirer}: connection {Connection} can't reach {Endpoint}: {Reason}")]
    public static partial void ConnectFailed(
        ILogger logger, string acquirer, int connection, string endpoint, string reason);

    [LoggerMessage(1303, LogLevel.Warning, "Acquirer {Acquirer}: breaker {State}: {Reason}")]
    public static partial void BreakerChanged(ILogger logger, string acquirer, string state, string reason);

    [LoggerMessage(1304, LogLevel.Warning, "Acquirer {Acquirer}: late reply after {Late}; it changes no answer")]
    public static partial void LateReply(ILogger logger, string acquirer, TimeSpan late);

    [LoggerMessage(1305, LogLevel.Warning, "Acquirer {Acquirer}: a reply matches no request: {NearestMiss}")]
    public static partial void UnmatchedReply(ILogger logger, string acquirer, string nearestMiss);

    [LoggerMessage(1306, LogLevel.Error, "Acquirer {Acquirer}: a request does not fit its dialect: {Fault}")]
    public static partial void RequestDoesNotFit(ILogger logger, string acquirer, string fault);

    [LoggerMessage(
        1307, LogLevel.Error,
        "Acquirer {Acquirer}: {Part} met an unexpected error; it goes on after a pause")]
    public static partial void LinkLoopFault(ILogger logger, string acquirer, string part, Exception exception);

    [LoggerMessage(1400, LogLevel.Information, "The journal holds {Pending} advices to send and {Parked} for a person")]
    public static partial void AdvicesFound(ILogger logger, int pending, int parked);

    [LoggerMessage(
        1401, LogLevel.Debug,
        "The reversal of transaction {TransactionId} is settled at acquirer {Acquirer} with {Code}, tries: {Tries}")]
    public static partial void AdviceSettled(
        ILogger logger, string transactionId, string acquirer, string code, int tries);

    [LoggerMessage(
        1402, LogLevel.Debug,
        "Try {Tries} of the reversal of transaction {TransactionId} at acquirer {Acquirer} settled nothing ({Reason}); "
        + "the next is in {Pause}")]
    public static partial void AdviceRetried(
        ILogger logger, int tries, string transactionId, string acquirer, string reason, TimeSpan pause);

    [LoggerMessage(
        1403, LogLevel.Error,
        "The reversal of transaction {TransactionId} at acquirer {Acquirer} is parked for a person: {Reason}")]
    public static partial void AdviceParked(ILogger logger, string transactionId, string acquirer, string reason);

    [LoggerMessage(
        1404, LogLevel.Warning,
        "What became of advice {AdviceId} could not be journalled ({Fault}); the write is tried again")]
    public static partial void AdviceNotJournalled(ILogger logger, string adviceId, JournalFault fault);

    [LoggerMessage(1405, LogLevel.Error, "Advice {AdviceId} met an unexpected error and is tried again later")]
    public static partial void AdviceFailed(ILogger logger, string adviceId, Exception exception);

    [LoggerMessage(1406, LogLevel.Error, "The journal's advices could not be read; the read is tried again")]
    public static partial void AdvicesNotRead(ILogger logger, Exception exception);

    [LoggerMessage(
        1407, LogLevel.Warning,
        "Operator {Operator} chose {Action} for the parked reversal of transaction {TransactionId}: {Reason}")]
    public static partial void AdviceResolved(
        ILogger logger, string @operator, string action, string transactionId, string reason);

    [LoggerMessage(
        1408, LogLevel.Error,
        "Advice {AdviceId} is settled, but who asked to be told of it ended in an unexpected error")]
    public static partial void AdviceNotTold(ILogger logger, string adviceId, Exception exception);
}
