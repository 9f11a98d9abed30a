namespace Switch.Chaos.Checking;

/// <summary>G1 and G4 on one payment: what stands in the acquirers' books is what its terminal was told.</summary>
internal static class EffectRules
{
    public static IEnumerable<Violation> OneEffect(Dossier dossier)
    {
        var payment = dossier.Payment;
        var standing = dossier.Standing.ToList();
        Violation Broken(string rule, string text) => new(Guarantee.G1, rule, payment.Key, text);

        if (standing.Count > 1)
            yield return Broken("two_approvals_stand", $"{standing.Count} approvals stand: {Places(standing)}");
        var rrns = dossier.Requests.Select(static entry => entry.Rrn).Distinct();
        if (rrns.Count() > 1) yield return Broken("two_rrns", "it was sent under different RRNs");
        foreach (var twice in dossier.Requests.GroupBy(static entry => (entry.Host, entry.Rrn)))
        {
            if (twice.Count() > 1)
                yield return Broken("sent_twice", $"{twice.Key.Host} has received it as {Stans(twice)}");
        }

        if (payment.ReversalAccepted)
        {
            if (standing.Count > 0)
            {
                yield return Broken(
                    "reversed_but_stands", $"its reversal was accepted, yet it stands: {Places(standing)}");
            }

            yield break;
        }

        if (payment.FirstFinal is not { } answer) yield break;
        if (!answer.IsApproved)
        {
            if (standing.Count > 0)
            {
                yield return Broken(
                    "declined_but_stands", $"answered {answer.ResponseCode}, yet it stands: {Places(standing)}");
            }

            yield break;
        }

        if (standing.Count == 0)
        {
            // A reversal of which the terminal never heard may have been taken.
            if (!payment.ReversalAsked)
                yield return Broken("approved_but_missing", "answered approved, yet no approval stands");
        }
        else if (standing.Count == 1 && Difference(answer, standing[0]) is { } difference)
        {
            yield return Broken("approved_differently", difference);
        }
    }

    /// <summary>After quiet no approval stands that nobody was told of, and every terminal has its answer.</summary>
    public static IEnumerable<Violation> NothingInDoubt(Dossier dossier)
    {
        var payment = dossier.Payment;
        if (payment.FirstFinal is null && payment.Calls.Any(static call => call.Kind == CallKind.Authorize))
        {
            var last = payment.Calls[^1];
            // A terminal that reversed has what it wanted and need not ask on.
            if (!payment.ReversalAccepted)
            {
                yield return new Violation(
                    Guarantee.G4, "no_final_answer", payment.Key,
                    $"no final answer after {payment.Calls.Count} calls, the last: {last.Status} {last.Reason}");
            }
        }

        if (payment is { ReversalAsked: true, ReversalAccepted: false })
        {
            var asked = payment.Calls.Count(static call => call.Kind == CallKind.Reverse);
            yield return new Violation(
                Guarantee.G4, "reversal_not_taken", payment.Key, $"no reversal was accepted in {asked} calls");
        }

        if (payment.FirstFinal is not { IsApproved: true } && dossier.Standing.ToList() is { Count: > 0 } standing)
        {
            yield return new Violation(
                Guarantee.G4, "in_doubt_not_reversed", payment.Key,
                $"no terminal was told of an approval, yet it stands: {Places(standing)}");
        }
    }

    private static string? Difference(Answer answer, LedgerRecord entry)
    {
        if (entry.ApprovedMinor != answer.ApprovedMinor)
            return $"answered {answer.ApprovedMinor}, in the books {entry.ApprovedMinor}";
        if (entry.ApprovalCode != answer.ApprovalCode)
            return $"answered approval {answer.ApprovalCode}, in the books {entry.ApprovalCode}";
        return entry.Rrn != answer.Rrn ? $"answered RRN {answer.Rrn}, in the books {entry.Rrn}" : null;
    }

    private static string Stans(IEnumerable<LedgerRecord> entries) =>
        string.Join(", ", entries.Select(static entry => $"#{entry.Sequence} STAN {entry.Stan}"));

    private static string Places(IEnumerable<LedgerRecord> entries) =>
        string.Join(", ", entries.Select(static entry => $"{entry.Host} #{entry.Sequence} {entry.ApprovedMinor}"));
}
