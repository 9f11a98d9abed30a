using Switch.Contracts.V1;

namespace Switch.Chaos.Checking;

/// <summary>
/// Where the plan went beyond what docs/guarantees.md promises for: both records of a payment, the journal of the
/// instance that worked on it and the one in Redis, were destroyed before they were needed.
/// </summary>
internal sealed class Conditions
{
    /// <summary>How long after an answer its event may still have been on the instance's disk alone.</summary>
    public static readonly TimeSpan PublishWindow = TimeSpan.FromSeconds(10);

    /// <summary>How long after a call its attempt, or the reversal that it owes, may still have been open.</summary>
    public static readonly TimeSpan InDoubtWindow = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long the surviving record needs to be acted upon: an expired claim taken over, or lost claims written again.
    /// </summary>
    public static readonly TimeSpan RepairTime = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long until the reversals that an instance owed, whose disk is gone, are another's: ten heartbeats until it
    /// counts as gone, the age at which the index is searched, a sweep, and slack for a busy machine. See
    /// SwitchSettings.
    /// </summary>
    public static readonly TimeSpan AdoptionTime = TimeSpan.FromSeconds(15);

    /// <summary>How long instances wait for one that is down before they take new money without its records.</summary>
    public static readonly TimeSpan PeerWait = TimeSpan.FromSeconds(8);

    /// <summary>Rules whose cause may be that a later call found no record of the first.</summary>
    private static readonly HashSet<string> AskedAfresh = new(StringComparer.Ordinal)
    {
        "two_approvals_stand", "two_rrns", "sent_twice", "approved_differently", "approved_but_missing",
        "different_answers", "not_marked_replayed", "unanswered_again", "deliveries_differ", "event_differs",
        "two_events",
        "declined_but_stands", "reversed_but_stands", "in_doubt_not_reversed",
    };

    /// <summary>Rules whose cause may be that nobody knew any more what was open.</summary>
    private static readonly HashSet<string> LeftOpen = new(StringComparer.Ordinal)
    {
        "declined_but_stands", "reversed_but_stands", "in_doubt_not_reversed", ReversalRules.NotQueued,
        ReversalRules.NotAcknowledged, ReversalRules.NotTakenBack,
    };

    /// <summary>How long before its arrival a reversal may have left: a wire holds it for seconds.</summary>
    private static readonly TimeSpan OnTheWay = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long on a busy machine what was sent may lie unread, by the wire or by the acquirer, and how long a switch
    /// may send into a connection that has broken.
    /// </summary>
    private static readonly TimeSpan Unnoticed = TimeSpan.FromSeconds(2);

    private readonly IReadOnlyList<DiskLoss> _disks;
    private readonly IReadOnlyList<StoreLoss> _stores;
    private readonly IReadOnlyList<Outage> _outages;
    private readonly IReadOnlyList<WireBreak> _breaks;

    public Conditions(Evidence evidence)
    {
        _disks = evidence.DiskLosses;
        _stores = evidence.StoreLosses;
        _outages = evidence.Outages;
        _breaks = evidence.WireBreaks;
    }

    /// <summary>
    /// Whether an instance that was asked lost its disk while the call ran, or shortly after it. When the first answer
    /// was a replay, somebody else had ended the payment, a sweep of any instance perhaps: then every disk counts.
    /// </summary>
    public bool EventMayBeOnLostDisk(PaymentRecord payment)
    {
        if (payment.Calls.Any(call => _disks.Any(loss => loss.Instance == call.Instance && loss.At >= call.Start
            && loss.At <= UnpublishedUntil(call.Instance, call.Start, call.End))))
            return true;
        var first = payment.Calls.Where(static call => call.Answer is not null).MinBy(static call => call.End);
        return first is { Answer.Replayed: true } && _disks.Any(loss =>
            loss.At >= payment.Calls.Min(static call => call.Start) && loss.At <= first.End + PublishWindow);
    }

    /// <summary>
    /// Whether the disk of the instance that sent a reversal last was lost while that was on its way, or before what it
    /// led to was on Kafka. Which instance it was its reversal_queued event tells; without one, or when the disk of
    /// that one was lost and the reversal may have been adopted, it may be any.
    /// </summary>
    public bool ReversalEventMayBeOnLostDisk(Dossier dossier, string rule)
    {
        if (rule is not (ReversalRules.NotQueued or ReversalRules.NotAcknowledged)) return false;
        var begin = dossier.Payment.Calls.Min(static call => call.Start);
        var senders = dossier.Events.Where(static e => e.Type == TransactionEventType.ReversalQueued)
            .Select(static e => e.Instance).ToHashSet(StringComparer.Ordinal);
        var isAny = rule == ReversalRules.NotQueued || senders.Count == 0
            || _disks.Any(loss => loss.At >= begin && senders.Contains(loss.Instance));
        var last = dossier.TakenBack.SelectMany(static host => host).Max(static entry => entry.At);
        return _disks.Any(loss => (isAny || senders.Contains(loss.Instance)) && loss.At >= last - OnTheWay
            && loss.At <= UnpublishedUntil(loss.Instance, last - OnTheWay, last));
    }

    /// <summary>
    /// Whether a request that was sent may have got lost: acquirers were told to lose it, or the sender's connection
    /// broke so near to it that it need not have arrived. Who sent it the event of its reversal says, unless a disk was
    /// lost meanwhile: then another may have adopted it.
    /// </summary>
    public bool RequestMayBeLost(PaymentRecord payment, EventRecord queued)
    {
        var begin = payment.Calls.Min(static call => call.Start);
        return payment.IsLostByAcquirers
            || _disks.Any(loss => loss.At >= begin && loss.At <= queued.At + OnTheWay)
            || _breaks.Any(gone => gone.Instance == queued.Instance && gone.Acquirer == queued.Acquirer
                && gone.At >= begin - Unnoticed && gone.HeldFrom <= queued.At + Unnoticed);
    }

    // Events wait while the store is not trusted, and while their instance is down.
    private TimeSpan UnpublishedUntil(string instance, TimeSpan from, TimeSpan to)
    {
        var until = to + PublishWindow;
        while (true)
        {
            var later = _stores.Where(loss => loss.At >= from && loss.At <= until).Select(static loss => loss.At)
                .Concat(_outages.Where(outage => outage.Instance == instance && outage.To >= from
                    && outage.From <= until).Select(static outage => outage.To))
                .Select(static at => at + PeerWait + RepairTime + PublishWindow)
                .DefaultIfEmpty(until).Max();
            if (later <= until) return until;
            until = later;
        }
    }

    /// <summary>
    /// Whether the only reversals that were accepted say "accepted, Redis is away", and the disk that kept the wish was
    /// destroyed later.
    /// </summary>
    public bool WishWasOnLostDisk(PaymentRecord payment, string rule)
    {
        if (!LeftOpen.Contains(rule)) return false;
        var accepted = payment.Calls.Where(static call => call.IsAcceptedReversal).ToList();
        return accepted.Count > 0 && accepted.All(call =>
            call.Reversal == ReversalState.Accepted
            && _disks.Any(loss => loss.Instance == call.Instance && loss.At >= call.Start));
    }

    /// <summary>Whether what was found can come from both records having been gone when one was needed.</summary>
    public bool BothCopiesLost(PaymentRecord payment, string rule) =>
        payment.Calls.Any(call => _stores.Any(store => HeldRecordOf(store, call)
            && (DiskLostToo(payment, call, store, rule) || JournalOutOfReach(payment, call, store, rule))));

    private bool DiskLostToo(PaymentRecord payment, Call call, StoreLoss store, string rule)
    {
        foreach (var disk in _disks.Where(loss => loss.Instance == call.Instance && loss.At >= call.Start))
        {
            // A disk that is lost after Redis, and not at once, had written its records back before.
            var gap = disk.At - store.At;
            if (gap > RepairTime) continue;
            var both = gap > TimeSpan.Zero ? disk.At : store.At;
            if (AskedAfresh.Contains(rule) && payment.Calls.Any(later => later != call && LookedIntoBy(later) >= both))
                return true;
            // Lost first, and then Redis too before anybody had adopted what it owed.
            if (LeftOpen.Contains(rule) && -gap <= AdoptionTime && both <= call.End + InDoubtWindow + AdoptionTime)
                return true;
        }

        return false;
    }

    // A reversal that was accepted while Redis was away is looked into when the instances have waited for each other.
    private static TimeSpan LookedIntoBy(Call call) =>
        call.Reversal == ReversalState.Accepted ? call.End + PeerWait + RepairTime : call.End;

    // Redis emptied while the instance that knows is down for longer than the others wait for it: what another instance
    // is asked meanwhile, it does not know.
    private bool JournalOutOfReach(PaymentRecord payment, Call call, StoreLoss store, string rule) =>
        AskedAfresh.Contains(rule) && _outages.Any(outage =>
            outage.Instance == call.Instance && outage.From <= store.At + RepairTime
            && outage.To >= store.At + PeerWait
            && payment.Calls.Any(later =>
                later != call && later.End >= store.At && later.Start <= outage.To + RepairTime));

    private static bool HeldRecordOf(StoreLoss loss, Call call) =>
        loss.At >= call.Start && (loss.Tail is not { } tail || loss.At - tail <= call.End);
}
