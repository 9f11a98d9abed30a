using Switch.Contracts.V1;

namespace Switch.Chaos.Checking;

/// <summary>G3 on one payment: what a terminal saw is on Kafka, once by event id, and says the same.</summary>
internal static class EventRules
{
    /// <summary>Rules whose cause may be a disk that the plan destroyed.</summary>
    public static readonly IReadOnlySet<string> MissingRules =
        new HashSet<string>(["no_event", "no_not_sent_event"], StringComparer.Ordinal);

    public static IEnumerable<Violation> NothingUnsaid(Dossier dossier) =>
        Deliveries(dossier).Concat(FinalAnswer(dossier)).Concat(NotSent(dossier));

    private static IEnumerable<Violation> Deliveries(Dossier dossier)
    {
        foreach (var one in dossier.Events.GroupBy(static e => e.EventId, StringComparer.Ordinal))
        {
            var first = one.First();
            if (one.FirstOrDefault(e => !e.SaysTheSameAs(first)) is { } other)
                yield return Broken(dossier, "deliveries_differ", $"one id, two stories: {first}; {other}");
        }
    }

    private static IEnumerable<Violation> FinalAnswer(Dossier dossier)
    {
        var told = dossier.Events.Where(static e => e.Type == TransactionEventType.Authorized)
            .DistinctBy(static e => e.EventId).ToList();
        if (told.Count > 1)
            yield return Broken(dossier, "two_events", $"authorized events under {told.Count} ids");
        if (dossier.Payment.FirstFinal is not { } answer) yield break;
        if (told.Count == 0)
            yield return Broken(dossier, "no_event", $"the terminal saw {answer}, Kafka has no authorized event");
        else if (!told.Exists(e => e.Tells(answer)))
            yield return Broken(dossier, "event_differs", $"the terminal saw {answer}, the event says {told[0]}");
    }

    private static IEnumerable<Violation> NotSent(Dossier dossier)
    {
        var told = dossier.Events.Where(static e => e.Type == TransactionEventType.NotSent)
            .Select(static e => (e.TransactionId, Milliseconds: e.AcceptedAt.ToUnixTimeMilliseconds())).ToHashSet();
        foreach (var answer in dossier.Payment.Calls.Select(static call => call.Answer))
        {
            if (answer is null || answer.IsFinal) continue;
            if (!told.Contains((answer.TransactionId, answer.AcceptedAt.ToUnixTimeMilliseconds())))
                yield return Broken(dossier, "no_not_sent_event", $"the terminal saw {answer}, Kafka has nothing");
        }
    }

    private static Violation Broken(Dossier dossier, string rule, string text) =>
        new(Guarantee.G3, rule, dossier.Payment.Key, text);
}
