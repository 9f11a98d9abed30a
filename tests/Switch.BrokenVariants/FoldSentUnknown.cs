using Switch.Contracts.V1;
using Switch.Routing;
using Switch.Service.Acquirers;
using Switch.Service.Authorization;
using Switch.Service.Journal.Records;

namespace Switch.BrokenVariants;

/// <summary>An acquirer that folds "sent, no answer" into "not sent", as S5 forbids.</summary>
internal sealed class FoldSentUnknown(IAcquirer inner) : IAcquirer
{
    public string Name => inner.Name;

    public CandidateStatus Status => inner.Status;

    public TimeSpan ReplyTimeout => inner.ReplyTimeout;

    public AttemptRecord Prepare(PaymentRequest request, TransactionEvent draft, int number) =>
        inner.Prepare(request, draft, number);

    public async ValueTask<AttemptResult> SendAsync(
        PaymentRequest request, AttemptRecord attempt, TimeSpan sendBy)
    {
        var result = await inner.SendAsync(request, attempt, sendBy);
        return result.Kind == AttemptKind.SentUnknown ? AttemptResult.NotSent(result.Reason) : result;
    }

    public ValueTask<ReversalResult> ReverseAsync(ReversalRecord reversal, bool isRepeat) =>
        inner.ReverseAsync(reversal, isRepeat);
}
