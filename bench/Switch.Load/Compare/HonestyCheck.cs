using static System.FormattableString;

namespace Switch.Load.Compare;

/// <summary>
/// Whether the run may be believed: every answer of the switch is one approval in the acquirer's ledger and one event
/// on Kafka, with the same amount and approval code. Otherwise it was fast at something else. Of the others only this:
/// all their answers are approvals.
/// </summary>
internal sealed record HonestyCheck(int Answers, IReadOnlyList<string> Reasons)
{
    public bool IsVoid => Reasons.Count > 0;

    public static HonestyCheck Of(
        IReadOnlyDictionary<Contender, AnswerLog> answers, EventReader events, ILookup<UInt128, Approval> ledger) =>
        Of(answers, events.Authorized, events.Unexpected, ledger);

    public static HonestyCheck Of(
        IReadOnlyDictionary<Contender, AnswerLog> answers, IReadOnlyDictionary<UInt128, Approval> events,
        long unexpectedEvents, ILookup<UInt128, Approval> ledger)
    {
        var reasons = new List<string>();
        foreach (var (contender, log) in answers)
            foreach (var (name, count) in log.Others) reasons.Add(Invariant($"{contender}: {count} x {name}"));

        if (!answers.TryGetValue(Contender.Switch, out var ofSwitch)) return new HonestyCheck(0, reasons);
        var approvals = ofSwitch.Approvals;
        var (unbooked, untold, twice) = (0, 0, 0);
        var seen = new HashSet<UInt128>();
        foreach (var (transaction, approval) in approvals)
        {
            var booked = ledger[approval.Rrn];
            if (booked.Count() != 1 || booked.First() != approval) unbooked++;
            if (!events.TryGetValue(transaction, out var told) || told != approval) untold++;
            if (!seen.Add(transaction)) twice++;
        }

        Add(unbooked, "answers that the acquirer's ledger does not approve just so, once");
        Add(untold, "answers that Kafka does not tell just so");
        Add(twice, "answers with the transaction id of another");
        Add(events.Count - approvals.Count - untold, "events of payments without an answer", both: true);
        Add((int)unexpectedEvents, "events that contradict another or are no approval");
        if (approvals.Count == 0) reasons.Add("the switch gave no answer");
        return new HonestyCheck(approvals.Count, reasons);

        void Add(int count, string what, bool both = false)
        {
            if (count > 0 || (both && count < 0 && untold == 0)) reasons.Add(Invariant($"{count} {what}"));
        }
    }
}
