using Switch.Contracts.V1;
using Switch.Service.Journal;

namespace Switch.Simulation.Tests.Fleet;

/// <summary>
/// Compares, after a run has come to rest, what terminals were told, what the acquirers' books say and what is on the
/// topic. Knows the guarantees (docs/guarantees.md) and nothing of how the switch keeps them.
/// </summary>
internal sealed class Verdict
{
    private static readonly (TransactionEventType Type, string Name)[] ReversalEvents =
    [
        (TransactionEventType.ReversalQueued, "reversal_queued"),
        (TransactionEventType.ReversalAcknowledged, "reversal_acknowledged"),
    ];

    private readonly Surroundings _around;
    private readonly IReadOnlyList<Slot> _slots;
    private readonly List<string> _violations = [];

    private Verdict(Surroundings around, IReadOnlyList<Slot> slots)
    {
        _around = around;
        _slots = slots;
    }

    public IReadOnlyList<string> Violations => _violations;

    /// <summary>Final answers without an event because the event was on a disk that was destroyed: not
    /// promised.</summary>
    public int UnpublishedOnALostDisk { get; private set; }

    /// <summary>Reversals that an acquirer has accepted, without an event because that was on such a disk: not
    /// promised.</summary>
    public int ReversalEventsOnALostDisk { get; private set; }

    /// <summary>Accepted reversals that were on a disk that was destroyed, before the store was back: not
    /// promised.</summary>
    public int ReversalsOnALostDisk { get; private set; }

    public static Verdict Of(Surroundings around, IReadOnlyList<Slot> slots, IReadOnlyList<Payment> payments,
        string left)
    {
        var verdict = new Verdict(around, slots);
        if (left.Length > 0) verdict.Say("G4/G7", left);
        foreach (var payment in payments) verdict.Judge(payment);
        verdict.JudgeEvents();
        verdict.JudgeWhatIsParked();
        foreach (var fault in around.Trace.Faults) verdict.Say("bug", fault);
        return verdict;
    }

    private void Judge(Payment payment)
    {
        var id = payment.TransactionId[..4];
        var standing = _around.Hosts.SelectMany(host => host.Standing(payment.Rrn)).ToList();
        if (standing.Count > 1) Say("G1", $"{id}: {standing.Count} approvals stand");

        foreach (var host in _around.Hosts)
            if (host.Received(payment.Rrn) is > 1 and var times) Say("G1", $"{id}: sent to {host.Name} {times} times");

        JudgeSameness(payment, id);
        var wasReversed = payment.Reversals.Count > 0;
        if (wasReversed && _slots.Any(slot => slot.LostReversals.Contains(payment.TransactionId)))
        {
            ReversalsOnALostDisk++;
            return;
        }

        JudgeReversals(payment, id);
        JudgeCauses(payment, id);
        if (wasReversed && standing.Count > 0) Say("G1", $"{id}: reversed, and {standing[0].Acquirer} has an approval");
        if (payment.Answers.Count == 0) return;

        var answer = payment.Answers[0];
        var isApproved = answer.Outcome is Outcome.Approved or Outcome.PartiallyApproved;
        if (!isApproved && standing.Count > 0) Say("G1", $"{id}: declined, and {standing[0].Acquirer} has an approval");
        if (isApproved && !wasReversed && !standing.Any(entry =>
            entry.Acquirer == answer.Acquirer && entry.ApprovalCode == answer.ApprovalCode))
            Say("G1", $"{id}: approved, and no acquirer has it");
        if (answer.ResponseCode == "68" && !_around.Hosts.Any(host => host.Reversed(payment.Rrn) > 0))
            Say("G4", $"{id}: told 68, and no acquirer was asked to take anything back");
        JudgeEvent(payment, id, answer);
    }

    private void JudgeSameness(Payment payment, string id)
    {
        foreach (var answer in payment.Answers.Skip(1))
        {
            if (WithoutReplay(answer).Equals(WithoutReplay(payment.Answers[0]))) continue;
            Say("G2", $"{id}: told {payment.Answers[0].ResponseCode} first, then {answer.ResponseCode}");
        }
    }

    private void JudgeEvent(Payment payment, string id, AuthorizeResponse answer)
    {
        var eventId = $"{payment.TransactionId}.authorized";
        var events = _around.Events.Find(eventId);
        if (events.Count == 0 && _slots.Any(slot => slot.LostEvents.Contains(eventId))) UnpublishedOnALostDisk++;
        else if (events.Count == 0) Say("G3", $"{id}: told {answer.ResponseCode}, and no event says so");
        else if (events[0].Outcome != answer.Outcome || events[0].ResponseCode != answer.ResponseCode
            || events[0].ApprovalCode != answer.ApprovalCode)
            Say("G3", $"{id}: told {answer.ResponseCode}, and the event says {events[0].ResponseCode}");
    }

    // What an acquirer has taken back was queued before it was sent, and acknowledged after it.
    private void JudgeReversals(Payment payment, string id)
    {
        foreach (var host in _around.Hosts)
        {
            var reversed = host.Reversed(payment.Rrn);
            foreach (var (type, name) in ReversalEvents)
            {
                var told = _around.Events.Of(payment.TransactionId, host.Name).Count(e => e.Type == type);
                if (told >= reversed) continue;
                if (WasOnALostDisk(payment, name)) ReversalEventsOnALostDisk++;
                else Say("G3", $"{id}: {reversed} attempts reversed at {host.Name}, and {told} events say {name}");
            }
        }
    }

    // Only who takes over a request can't know whether it was sent. Whoever says that there was no answer has asked,
    // and whatever else is taken back was answered.
    private void JudgeCauses(Payment payment, string id)
    {
        foreach (var host in _around.Hosts)
        {
            foreach (var e in _around.Events.Of(payment.TransactionId, host.Name))
            {
                if (e.Type != TransactionEventType.ReversalQueued) continue;
                if (e.ReversalCause == ReversalCause.Recovery) continue;
                var isSo = e.ReversalCause == ReversalCause.NoAnswer
                    ? host.WasAsked(payment.Rrn)
                    : host.Received(payment.Rrn) > 0;
                if (!isSo) Say("G4", $"{id}: {e.ReversalCause}, and {host.Name} was never asked");
            }
        }
    }

    // Its own event of that name, or that of a late reversal.
    private bool WasOnALostDisk(Payment payment, string name) => _slots.Any(slot => slot.LostEvents.Any(
        lost => lost.StartsWith(payment.TransactionId, StringComparison.Ordinal)
            && lost.Contains(name, StringComparison.Ordinal)));

    private void JudgeEvents()
    {
        foreach (var (id, events) in _around.Events.ById)
        {
            foreach (var e in events.Skip(1))
            {
                var first = events[0];
                if (e.Type != first.Type || e.Outcome != first.Outcome || e.ResponseCode != first.ResponseCode
                    || e.ApprovalCode != first.ApprovalCode || e.Acquirer != first.Acquirer)
                    Say("G3", $"{id[..4]}: two events of id {id[33..]}, {first.ResponseCode} and {e.ResponseCode}");
            }
        }
    }

    private void JudgeWhatIsParked()
    {
        foreach (var slot in _slots)
            foreach (var row in slot.Current.Disk.Disk.Advices)
                if (row.State == AdviceStates.Parked) JudgeParked(row);
    }

    // None is expected; and if there is one, whoever reads the topic has to know.
    private void JudgeParked(AdviceRow row)
    {
        var id = row.TransactionId[..4];
        Say("G4", $"{id}: parked, {row.Reason}");
        if (!_around.Events.Of(row.TransactionId, row.Acquirer)
            .Any(static e => e.Type == TransactionEventType.ReversalParked))
            Say("G3", $"{id}: parked, and no event says so");
    }

    private void Say(string guarantee, string what) => _violations.Add($"{guarantee} {what}");

    private static AuthorizeResponse WithoutReplay(AuthorizeResponse answer)
    {
        var same = answer.Clone();
        same.Replayed = false;
        return same;
    }
}
