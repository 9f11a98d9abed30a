using System.Text.Json;
using Switch.Chaos.Checking;
using Switch.Chaos.Faults;

namespace Switch.Chaos.Reports;

/// <summary>The run in numbers: the last line.</summary>
internal sealed record RunFigures
{
    public static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public int Seed { get; init; }

    public int Seconds { get; init; }

    public string? Variant { get; init; }

    /// <summary>Payments with a final answer.</summary>
    public int Authorizations { get; init; }

    public int Approved { get; init; }

    /// <summary>Payments that were asked for and have no final answer, nor a reversal.</summary>
    public int Unresolved { get; init; }

    /// <summary>Calls for a payment after its first and before its final answer.</summary>
    public int Retries { get; init; }

    /// <summary>Answers marked as replayed.</summary>
    public int Replays { get; init; }

    /// <summary>Payments of which a terminal's reversal was accepted.</summary>
    public int Reversals { get; init; }

    public int LedgerEntries { get; init; }

    /// <summary>Distinct by id.</summary>
    public int Events { get; init; }

    public int Faults { get; init; }

    public int Kills { get; init; }

    /// <summary>From healing to quiet.</summary>
    public double CalmSeconds { get; init; }

    public int Violations { get; init; }

    public int G1 { get; init; }

    public int G2 { get; init; }

    public int G3 { get; init; }

    public int G4 { get; init; }

    public int G8 { get; init; }

    public int OutsideConditions { get; init; }

    public int UnpublishedOnLostDisk { get; init; }

    public int Parked { get; init; }

    public static RunFigures Of(
        ChaosOptions options, Evidence evidence, Verdict verdict, FaultLog log, TimeSpan tookCalm)
    {
        var answered = evidence.Payments.Where(static p => p.FirstFinal is not null).ToList();
        return new RunFigures
        {
            Seed = options.Seed,
            Seconds = options.Seconds,
            Variant = options.Variant,
            Authorizations = answered.Count,
            Approved = answered.Count(static p => p.FirstFinal!.IsApproved),
            Unresolved = evidence.Payments.Count(static p => p is { FirstFinal: null, ReversalAccepted: false }),
            Retries = evidence.Payments.Sum(RetriesOf),
            Replays = evidence.Payments.SelectMany(static p => p.Calls)
                .Count(static call => call.Answer is { Replayed: true }),
            Reversals = evidence.Payments.Count(static p => p.ReversalAccepted),
            LedgerEntries = evidence.Ledger.Count,
            Events = evidence.Events.DistinctBy(static e => e.EventId).Count(),
            Faults = log.Counts.Values.Sum(),
            Kills = log.Kills,
            CalmSeconds = Math.Round(tookCalm.TotalSeconds, 1),
            Violations = verdict.Violations.Count,
            G1 = verdict.Count(Guarantee.G1),
            G2 = verdict.Count(Guarantee.G2),
            G3 = verdict.Count(Guarantee.G3),
            G4 = verdict.Count(Guarantee.G4),
            G8 = verdict.Count(Guarantee.G8),
            OutsideConditions = verdict.OutsideConditions.Count,
            UnpublishedOnLostDisk = verdict.UnpublishedOnLostDisk.Count,
            Parked = verdict.Parked.Count + (int)evidence.Quiet.ParkedAdvices,
        };
    }

    /// <summary>Calls by what came of them, for example "ABORTED REQUEST_IN_PROGRESS".</summary>
    public static SortedDictionary<string, int> Statuses(Evidence evidence)
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var call in evidence.Payments.SelectMany(static p => p.Calls))
        {
            var name = call.Answer is { } answer ? $"{answer.ResponseCode}{(answer.IsFinal ? "" : " (not sent)")}"
                : call.IsAcceptedReversal ? $"reversal {call.Reversal}"
                : $"{call.Status} {call.Reason}".Trim();
            counts[name] = counts.GetValueOrDefault(name) + 1;
        }

        return counts;
    }

    private static int RetriesOf(PaymentRecord payment)
    {
        var asked = payment.Calls.Where(static call => call.Kind == CallKind.Authorize).ToList();
        var final = asked.FindIndex(static call => call.Answer is { IsFinal: true });
        return Math.Max(0, (final < 0 ? asked.Count : final + 1) - 1);
    }
}
