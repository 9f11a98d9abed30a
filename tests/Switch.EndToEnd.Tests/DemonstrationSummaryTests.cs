using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Switch.Contracts.V1;
using Switch.Sandbox;

namespace Switch.EndToEnd.Tests;

/// <summary>What the last line of the sandbox counts, and that <c>unmatched</c> notices what is missing.</summary>
public sealed class DemonstrationSummaryTests
{
    private static readonly AuthorizeResponse Approved = new()
    {
        TransactionId = "t1",
        Outcome = Outcome.Approved,
        ResponseCode = "00",
        ApprovalCode = "123456",
        ApprovedAmount = new Money { AmountMinor = 100, Currency = "EUR" },
    };

    private static readonly AuthorizeResponse NotSent = new()
    {
        TransactionId = "t2",
        Outcome = Outcome.Declined,
        ResponseCode = "91",
        DeclinedBy = DeclinedBy.TechnicalFailure,
        AcceptedAt = Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(1234)),
    };

    [Fact]
    public void EveryAnswerWithItsEvent_IsMatched()
    {
        var replay = Approved.Clone();
        replay.Replayed = true;

        var summary = DemonstrationSummary.Of(
            [Answered(Approved), Answered(replay), Answered(NotSent), Refused()],
            [EventOf(Approved, "t1.authorized"), EventOf(NotSent, "t2.not_sent.1234")]);

        Assert.Equal(new DemonstrationSummary(2, 1, 1, 1, 1, 2, Unmatched: 0), summary);
    }

    [Fact]
    public void NoEvent_TwoEvents_OrOneThatSaysOtherwise_IsUnmatched()
    {
        var told = EventOf(Approved, "t1.authorized");
        var otherwise = told.Clone();
        otherwise.ApprovedAmount.AmountMinor++;

        Assert.Equal(1, DemonstrationSummary.Of([Answered(Approved)], []).Unmatched);
        Assert.Equal(1, DemonstrationSummary.Of([Answered(Approved)], [told, told]).Unmatched);
        Assert.Equal(1, DemonstrationSummary.Of([Answered(Approved)], [otherwise]).Unmatched);
        Assert.Equal(
            1, DemonstrationSummary.Of([Answered(NotSent)], [EventOf(NotSent, "t2.not_sent.1235")]).Unmatched);
    }

    private static DemonstrationResult Answered(AuthorizeResponse answer) =>
        new(new DemonstrationStep("sample", "story"), new AuthorizeRequest(), answer, null, TimeSpan.Zero);

    private static DemonstrationResult Refused() => new(
        new DemonstrationStep("sample", "story"), new AuthorizeRequest(), null,
        new RpcException(Status.DefaultCancelled), TimeSpan.Zero);

    private static TransactionEvent EventOf(AuthorizeResponse answer, string id) => new()
    {
        EventId = id,
        TransactionId = answer.TransactionId,
        Outcome = answer.Outcome,
        ResponseCode = answer.ResponseCode,
        ApprovalCode = answer.ApprovalCode,
        ApprovedAmount = answer.ApprovedAmount?.Clone(),
    };
}
