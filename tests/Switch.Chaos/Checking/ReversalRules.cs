using Switch.Contracts.V1;

namespace Switch.Chaos.Checking;

/// <summary>G3 and G4 on what was taken back: the acquirers' books against the events of the reversals.</summary>
internal static class ReversalRules
{
    public const string NotQueued = "no_reversal_queued_event";
    public const string NotAcknowledged = "no_reversal_acknowledged_event";

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
