namespace Switch.Chaos.Checking;

/// <summary>Where the plan went beyond what docs/guarantees.md promises for.</summary>
internal sealed class Conditions
{
    /// <summary>How long after an answer its event may still have been on the instance's disk alone.</summary>
    public static readonly TimeSpan PublishWindow = TimeSpan.FromSeconds(10);

    private readonly IReadOnlyList<DiskLoss> _disks;
    private readonly IReadOnlyList<StoreLoss> _stores;

    public Conditions(Evidence evidence)
    {
        _disks = evidence.DiskLosses;
        _stores = evidence.StoreLosses;
    }

    /// <summary>
    /// Whether an instance that worked on this payment lost its disk while the call ran, or shortly after it. The giver
    /// of a replayed answer is not known, so every instance that was asked counts.
    /// </summary>
    public bool EventMayBeOnLostDisk(PaymentRecord payment) =>
        payment.Calls.Any(call => _disks.Any(loss =>
            loss.Instance == call.Instance && loss.At >= call.Start && loss.At <= call.End + PublishWindow));

    /// <summary>
    /// Whether both records of the payment were destroyed after it began: the disk of an instance that was asked, and
    /// the record in Redis.
    /// </summary>
    public bool BothCopiesLost(PaymentRecord payment) =>
        payment.Calls.Any(call =>
            _disks.Any(loss => loss.Instance == call.Instance && loss.At >= call.Start)
            && _stores.Any(loss => loss.At >= call.Start && (loss.Tail is not { } tail || loss.At - tail <= call.End)));
}
