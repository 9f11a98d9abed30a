using Switch.Contracts.V1;

namespace Switch.Chaos.Checking;

/// <summary>All that the three records hold of one payment.</summary>
internal sealed class Dossier
{
    public Dossier(PaymentRecord payment) => Payment = payment;

    public PaymentRecord Payment { get; }

    /// <summary>Of both acquirers, reversals included.</summary>
    public List<LedgerRecord> Ledger { get; } = [];

    /// <summary>Every delivery.</summary>
    public List<EventRecord> Events { get; } = [];

    /// <summary>The requests that acquirers have received.</summary>
    public IEnumerable<LedgerRecord> Requests => Ledger.Where(static entry => !entry.IsReversal);

    public IEnumerable<LedgerRecord> Standing => Ledger.Where(static entry => entry.IsStanding);

    /// <summary>
    /// Reversals that acquirers have accepted, by acquirer; one that a rule of the scenario refused is none.
    /// </summary>
    public IEnumerable<IGrouping<string, LedgerRecord>> TakenBack => Ledger
        .Where(static entry => entry is { IsReversal: true, IsTurnedAway: false })
        .GroupBy(static entry => entry.Host, StringComparer.Ordinal);

    /// <summary>
    /// Reversals of which an event of that type tells: one for each, however often it was delivered, or parked again.
    /// </summary>
    public IEnumerable<EventRecord> Reversals(TransactionEventType type, string? acquirer = null) => Events
        .Where(e => e.Type == type && (acquirer is null || e.Acquirer == acquirer))
        .DistinctBy(static e => e.Reversal, StringComparer.Ordinal);

    /// <summary>Its reversal waits for a person, and says so on Kafka.</summary>
    public bool IsParked =>
        Events.Exists(static e => e.Type == TransactionEventType.ReversalParked)
        && !Events.Exists(static e => e.Type == TransactionEventType.ReversalAcknowledged);
}

/// <summary>The evidence, sorted by payment.</summary>
internal sealed class DossierFile
{
    private readonly Dictionary<PaymentKey, Dossier> _byKey = [];

    private DossierFile()
    {
    }

    public IReadOnlyCollection<Dossier> All => _byKey.Values;

    /// <summary>Messages with money that no terminal asked for.</summary>
    public List<LedgerRecord> StrayEntries { get; } = [];

    /// <summary>Reversals of what no terminal asked for.</summary>
    public List<LedgerRecord> StrayReversals { get; } = [];

    /// <summary>Events of payments that no terminal asked for.</summary>
    public List<EventRecord> StrayEvents { get; } = [];

    public Dossier? Find(PaymentKey? key) => key is not null && _byKey.TryGetValue(key, out var found) ? found : null;

    /// <summary>
    /// Sorts. An acquirer knows no idempotency key, so its messages are told apart by the amount, which is unique in a
    /// run; a reversal by the entry it matched, or by its RRN, or, where nothing but the reversal has arrived anywhere,
    /// by its amount too.
    /// </summary>
    public static DossierFile Of(Evidence evidence)
    {
        var file = new DossierFile();
        var byAmount = new Dictionary<(string, string, long), Dossier>();
        foreach (var payment in evidence.Payments)
        {
            var dossier = new Dossier(payment);
            file._byKey.Add(payment.Key, dossier);
            byAmount.Add((payment.Key.Merchant, payment.Key.Terminal, payment.AmountMinor), dossier);
        }

        var byEntry = new Dictionary<(string, long), Dossier>();
        var byRrn = new Dictionary<string, Dossier>(StringComparer.Ordinal);
        foreach (var entry in evidence.Ledger.Where(static entry => !entry.IsReversal))
        {
            if (!byAmount.TryGetValue((entry.Merchant, entry.Terminal, entry.AmountMinor), out var dossier))
            {
                file.StrayEntries.Add(entry);
                continue;
            }

            dossier.Ledger.Add(entry);
            byEntry[(entry.Host, entry.Sequence)] = dossier;
            byRrn[entry.Rrn] = dossier;
        }

        foreach (var reversal in evidence.Ledger.Where(static entry => entry.IsReversal))
        {
            if ((reversal.Original is { } original && byEntry.TryGetValue((reversal.Host, original), out var dossier))
                || byRrn.TryGetValue(reversal.Rrn, out dossier)
                || byAmount.TryGetValue((reversal.Merchant, reversal.Terminal, reversal.AmountMinor), out dossier))
                dossier.Ledger.Add(reversal);
            else file.StrayReversals.Add(reversal);
        }

        foreach (var e in evidence.Events)
        {
            if (file._byKey.TryGetValue(e.Key, out var dossier)) dossier.Events.Add(e);
            else file.StrayEvents.Add(e);
        }

        return file;
    }
}
