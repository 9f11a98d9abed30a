using System.Text.Json;
using System.Text.Json.Serialization;
using Switch.Contracts.V1;

namespace Switch.Sandbox;

/// <summary>The demonstration in numbers: the last line of <c>--once</c>.</summary>
/// <param name="Authorized">Answers that were given for the first time: approved and declined.</param>
/// <param name="Approved">Of these, approved in full or in part.</param>
/// <param name="Declined">Of these, declined.</param>
/// <param name="Replayed">Answers given again to a retry.</param>
/// <param name="Rejected">Requests that got a gRPC status and no answer.</param>
/// <param name="Events">Transaction events read back from Kafka, of every type.</param>
/// <param name="Unmatched">Answers without exactly one event that says the same.</param>
/// <param name="Settled">Payments that settlement has booked and that were not taken back.</param>
/// <param name="LedgerBalanced">Whether every currency of its ledger adds up to zero.</param>
/// <param name="Unreconciled">What its books and the acquirers' files do not agree on.</param>
internal sealed record DemonstrationSummary(
    int Authorized, int Approved, int Declined, int Replayed, int Rejected, int Events, int Unmatched,
    long Settled = 0,
    [property: JsonPropertyName("ledger_balanced")] bool LedgerBalanced = false,
    int Unreconciled = 0)
{
    private static readonly TimeSpan EventsPatience = TimeSpan.FromSeconds(30);

    /// <summary>Counts the answers and holds them against what a consumer reads from Kafka.</summary>
    public static DemonstrationSummary Of(IReadOnlyList<DemonstrationResult> results, EventTail tail)
    {
        var answers = AnswersOf(results);
        var expected = answers.Select(EventIdOf).Concat(answers.Where(IsInDoubt).Select(AcknowledgedIdOf));
        return Of(results, tail.ReadUntil(expected.ToHashSet(StringComparer.Ordinal), EventsPatience));
    }

    /// <summary>Counts the answers and holds them against those events.</summary>
    public static DemonstrationSummary Of(
        IReadOnlyList<DemonstrationResult> results, IReadOnlyList<TransactionEvent> events)
    {
        var answers = AnswersOf(results);
        var answered = events.ToLookup(e => e.EventId, StringComparer.Ordinal);
        return new DemonstrationSummary(
            answers.Count,
            answers.Count(a => a.Outcome != Outcome.Declined),
            answers.Count(a => a.Outcome == Outcome.Declined),
            results.Count(r => r.Answer is { Replayed: true }),
            results.Count(r => r.Error is not null),
            events.Count,
            answers.Count(a => !IsToldOnce(a, [.. answered[EventIdOf(a)]])));
    }

    /// <summary>The same with what settlement made of it.</summary>
    public DemonstrationSummary With(SettledDay day) => this with
    {
        Settled = day.Settled,
        LedgerBalanced = day.Balance.IsBalanced,
        Unreconciled = day.Exceptions.Count,
    };

    /// <summary>Whether nothing is missing, on Kafka and in the books.</summary>
    [JsonIgnore]
    public bool IsWhole => Unmatched == 0 && LedgerBalanced && Unreconciled == 0;

    private static List<AuthorizeResponse> AnswersOf(IReadOnlyList<DemonstrationResult> results) =>
        [.. results.Where(r => r.Answer is { Replayed: false }).Select(r => r.Answer!)];

    public string ToJson() => JsonSerializer.Serialize(this, SummaryJson.Default.DemonstrationSummary);

    private static bool IsToldOnce(AuthorizeResponse answer, List<TransactionEvent> events) =>
        events.Count == 1
        && events[0].Outcome == answer.Outcome
        && events[0].ResponseCode == answer.ResponseCode
        && events[0].ApprovalCode == answer.ApprovalCode
        && Equals(events[0].ApprovedAmount, answer.ApprovedAmount);

    // What ended in doubt is not over before the acquirer has acknowledged its reversal.
    private static bool IsInDoubt(AuthorizeResponse answer) => answer.ResponseCode == "68";

    private static string AcknowledgedIdOf(AuthorizeResponse answer) => $"{answer.TransactionId}.reversal_acknowledged";

    // Nothing was sent, so it is not final: each try has an event of its own.
    private static string EventIdOf(AuthorizeResponse answer) =>
        answer is { ResponseCode: "91", DeclinedBy: DeclinedBy.TechnicalFailure }
            ? $"{answer.TransactionId}.not_sent.{answer.AcceptedAt.ToDateTimeOffset().ToUnixTimeMilliseconds()}"
            : $"{answer.TransactionId}.authorized";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DemonstrationSummary))]
internal sealed partial class SummaryJson : JsonSerializerContext;
