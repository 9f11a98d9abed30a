using Switch.Contracts.V1;

namespace Switch.Chaos.Checking;

/// <summary>G3 and G4 on what was taken back: the acquirers' books against the events of the reversals.</summary>
internal static class ReversalRules
{
    public const string NotQueued = "no_reversal_queued_event";
    public const string NotAcknowledged = "no_reversal_acknowledged_event";
    public const string NotTakenBack = "in_doubt_not_taken_back";
    private const string NeverSent = "in_doubt_never_sent";

    /// <summary>
    /// What an acquirer has taken back was queued before, and acknowledged or parked afterwards, once for each attempt.
    /// An acquirer knows no event id, so they are counted.
    /// </summary>
    public static IEnumerable<Violation> Told(Dossier dossier)
    {
        foreach (var host in dossier.TakenBack)
        {
            var attempts = host.Select(static entry => entry.OriginalData).Distinct(StringComparer.Ordinal).Count();
            var queued = Count(TransactionEventType.ReversalQueued);
            var ended = Count(TransactionEventType.ReversalAcknowledged) + Count(TransactionEventType.ReversalParked);
            if (queued < attempts) yield return Broken(NotQueued, $"{queued} reversal_queued");
            if (ended < attempts) yield return Broken(NotAcknowledged, $"{ended} reversal_acknowledged");

            int Count(TransactionEventType type) => dossier.Reversals(type, host.Key).Count();

            Violation Broken(string rule, string events) => new(
                Guarantee.G3, rule, dossier.Payment.Key,
                $"{host.Key} has taken back {attempts} attempts, Kafka has {events} events");
        }
    }

    /// <summary>
    /// An answer in doubt has a reversal in an acquirer's books, or one that waits for a person: also where its request
    /// never arrived.
    /// </summary>
    public static IEnumerable<Violation> DoubtsTakenBack(Dossier dossier)
    {
        if (dossier.Payment.FirstFinal is not { ResponseCode: "68" } || dossier.TakenBack.Any()) yield break;
        if (dossier.Events.Exists(static e => e.Type == TransactionEventType.ReversalParked)) yield break;
        yield return new Violation(
            Guarantee.G4, NotTakenBack, dossier.Payment.Key,
            $"answered 68, {dossier.Requests.Count()} requests in the acquirers' books and no reversal");
    }

    /// <summary>
    /// What was taken back for want of an answer was sent, and what was taken back for another reason was answered.
    /// Only who takes a payment over, as recovery does, can't know how far its holder came.
    /// </summary>
    public static IEnumerable<Violation> DoubtsWithReason(Dossier dossier, Conditions conditions)
    {
        foreach (var queued in dossier.Reversals(TransactionEventType.ReversalQueued))
        {
            if (queued.Cause is ReversalCause.Recovery or ReversalCause.Unspecified) continue;
            if (dossier.Requests.Any(entry => entry.Host == queued.Acquirer)) continue;
            var isUnanswered = queued.Cause == ReversalCause.NoAnswer;
            if (isUnanswered && conditions.RequestMayBeLost(dossier.Payment, queued)) continue;
            yield return new Violation(
                Guarantee.G4, NeverSent, dossier.Payment.Key,
                $"taken back at {queued.Acquirer} because of {queued.Cause}, which never received it");
        }
    }

    /// <summary>As many reversals wait for a person as say so on Kafka, or have said so.</summary>
    public static IEnumerable<Violation> Parked(Evidence evidence, DossierFile file)
    {
        var told = file.All.Sum(static dossier => dossier.Reversals(TransactionEventType.ReversalParked).Count());
        if (told < evidence.Quiet.ParkedAdvices)
        {
            yield return new Violation(
                Guarantee.G4, "parked_untold", null,
                $"{evidence.Quiet.ParkedAdvices} reversals wait for a person, {told} have a reversal_parked event");
        }
    }
}
