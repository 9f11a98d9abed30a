namespace Switch.Chaos.Checking;

/// <summary>G2 on one payment: whoever asks again gets the first final answer.</summary>
internal static class AnswerRules
{
    public static IEnumerable<Violation> SameAnswer(Dossier dossier)
    {
        var payment = dossier.Payment;
        Violation Broken(string rule, string text) => new(Guarantee.G2, rule, payment.Key, text);

        if (payment.Calls.FirstOrDefault(static call => call.Status == "ALREADY_EXISTS") is { } refused)
            yield return Broken("refused_as_reused", $"the same payload was refused: {refused.Reason}");

        if (payment.FirstFinal is not { } first) yield break;
        if (payment.FinalAnswers.FirstOrDefault(call => !call.Answer!.SaysTheSameAs(first)) is { } other)
            yield return Broken("different_answers", $"first {first}; then {other.Answer}");

        // Of calls that began when the terminal had its answer in hand.
        var known = payment.FinalAnswers.Min(static call => call.End);
        foreach (var call in payment.Calls.Where(call => call.Answer is not null && call.Start >= known))
        {
            if (!call.Answer!.IsFinal)
                yield return Broken("unanswered_again", $"first {first}; then {call.Answer}");
            else if (!call.Answer.Replayed && !call.Answer.IsTombstoned)
                yield return Broken("not_marked_replayed", $"asked again, got a fresh answer: {call.Answer}");
        }
    }
}
