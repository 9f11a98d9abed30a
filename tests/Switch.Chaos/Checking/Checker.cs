namespace Switch.Chaos.Checking;

/// <summary>
/// Holds what terminals saw, the acquirers' ledgers and the events on Kafka against each other. Shares no code with the
/// switch: it knows the public contract, the ledger files, and docs/guarantees.md.
/// </summary>
internal static class Checker
{
    private static readonly HashSet<string> ParkedRules =
        new(["declined_but_stands", "reversed_but_stands", "in_doubt_not_reversed"], StringComparer.Ordinal);

    public static Verdict Check(Evidence evidence)
    {
        var file = DossierFile.Of(evidence);
        var conditions = new Conditions(evidence);
        List<Violation> broken = [.. OfTheWhole(evidence, file)];
        List<Violation> outside = [], lostDisk = [], parked = [];
        foreach (var dossier in file.All)
        {
            foreach (var violation in Of(dossier, conditions))
            {
                var list = broken;
                if (dossier.IsParked && ParkedRules.Contains(violation.Rule)) list = parked;
                else if (EventRules.MissingRules.Contains(violation.Rule)
                    && conditions.EventMayBeOnLostDisk(dossier.Payment)) list = lostDisk;
                else if (conditions.ReversalEventMayBeOnLostDisk(dossier, violation.Rule)) list = lostDisk;
                else if (conditions.BothCopiesLost(dossier.Payment, violation.Rule)
                    || conditions.WishWasOnLostDisk(dossier.Payment, violation.Rule)) list = outside;
                list.Add(violation);
            }
        }

        return new Verdict
        {
            Violations = broken,
            OutsideConditions = outside,
            UnpublishedOnLostDisk = lostDisk,
            Parked = parked,
        };
    }

    private static IEnumerable<Violation> Of(Dossier dossier, Conditions conditions) =>
        EffectRules.OneEffect(dossier)
            .Concat(AnswerRules.SameAnswer(dossier))
            .Concat(EventRules.NothingUnsaid(dossier))
            .Concat(ReversalRules.Told(dossier))
            .Concat(EffectRules.NothingInDoubt(dossier))
            .Concat(ReversalRules.DoubtsTakenBack(dossier))
            .Concat(ReversalRules.DoubtsWithReason(dossier, conditions));

    private static IEnumerable<Violation> OfTheWhole(Evidence evidence, DossierFile file)
    {
        foreach (var entry in file.StrayEntries.Where(static entry => entry.IsStanding))
            yield return new Violation(Guarantee.G1, "stray_money", null, $"nobody asked for {entry.Host} {entry}");
        foreach (var entry in file.StrayReversals)
            yield return new Violation(Guarantee.G3, "stray_reversal", null, $"nobody asked for {entry.Host} {entry}");
        foreach (var e in file.StrayEvents.DistinctBy(static e => e.EventId))
            yield return new Violation(Guarantee.G3, "stray_event", null, $"nobody asked for {e}");
        foreach (var open in evidence.Quiet.Open)
            yield return new Violation(Guarantee.G4, "not_quiet", null, open);
        foreach (var parked in ReversalRules.Parked(evidence, file)) yield return parked;
        foreach (var crash in evidence.Crashes)
        {
            yield return new Violation(
                Guarantee.G8, "crashed", null,
                FormattableString.Invariant($"{crash.Instance} ended by itself at {crash.At.TotalSeconds:0.00} s with ")
                + $"{crash.ExitCode}");
        }

        foreach (var end in evidence.OrderlyEnds)
        {
            if (end.ExitCode != 0 || end.Took > end.Allowed)
            {
                yield return new Violation(
                    Guarantee.G8, "bad_end", null,
                    $"{end.Instance}, told to end at {end.At.TotalSeconds:0.00} s, took {end.Took.TotalSeconds:0.0} of "
                    + $"{end.Allowed.TotalSeconds:0.0} s and ended with {end.ExitCode?.ToString() ?? "a kill"}");
            }
        }
    }
}
