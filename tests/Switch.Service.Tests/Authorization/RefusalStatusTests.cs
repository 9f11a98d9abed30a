using Google.Rpc;
using Grpc.Core;
using Switch.Service.Authorization;

namespace Switch.Service.Tests.Authorization;

/// <summary>The status table of the contract: one ErrorInfo each, every detail type at most once.</summary>
public sealed class RefusalStatusTests
{
    private static readonly Dictionary<RefusalReason, (StatusCode Code, string Reason, bool Retry)> Table = new()
    {
        [RefusalReason.InvalidRequest] = (StatusCode.InvalidArgument, "INVALID_REQUEST", false),
        [RefusalReason.TerminalUnidentified] = (StatusCode.Unauthenticated, "TERMINAL_UNKNOWN", false),
        [RefusalReason.MerchantUnknown] = (StatusCode.PermissionDenied, "MERCHANT_UNKNOWN", false),
        [RefusalReason.TerminalUnknown] = (StatusCode.PermissionDenied, "TERMINAL_UNKNOWN", false),
        [RefusalReason.TerminalNotBound] = (StatusCode.PermissionDenied, "TERMINAL_NOT_BOUND", false),
        [RefusalReason.KeyReused] = (StatusCode.AlreadyExists, "IDEMPOTENCY_KEY_REUSED", false),
        [RefusalReason.InProgress] = (StatusCode.Aborted, "REQUEST_IN_PROGRESS", true),
        [RefusalReason.Overloaded] = (StatusCode.ResourceExhausted, "OVERLOADED", true),
        [RefusalReason.StreamWindowFull] = (StatusCode.ResourceExhausted, "STREAM_WINDOW_FULL", true),
        [RefusalReason.StoreUnavailable] = (StatusCode.Unavailable, "STORE_UNAVAILABLE", true),
        [RefusalReason.JournalUnavailable] = (StatusCode.Unavailable, "JOURNAL_UNAVAILABLE", true),
        [RefusalReason.Draining] = (StatusCode.Unavailable, "DRAINING", true),
        [RefusalReason.NotReady] = (StatusCode.Unavailable, "NOT_READY", true),
        [RefusalReason.DeadlineExceeded] = (StatusCode.DeadlineExceeded, "DEADLINE_EXCEEDED", false),
        [RefusalReason.AdviceUnknown] = (StatusCode.NotFound, "ADVICE_UNKNOWN", false),
        [RefusalReason.OperatorUnknown] = (StatusCode.PermissionDenied, "OPERATOR_UNKNOWN", false),
        [RefusalReason.AdviceNotParked] = (StatusCode.FailedPrecondition, "ADVICE_NOT_PARKED", false),
        [RefusalReason.Internal] = (StatusCode.Internal, "INTERNAL", false),
    };

    [Fact]
    public void Of_EveryReason_FollowsTheTable()
    {
        foreach (var reason in Enum.GetValues<RefusalReason>())
        {
            var expected = Table[reason];
            var faults = reason == RefusalReason.InvalidRequest
                ? [new FieldFault("stan", "is required")]
                : Array.Empty<FieldFault>();
            var status = RefusalStatus.Of(new Refusal(reason, faults));

            Assert.Equal((int)expected.Code, status.Code);
            Assert.Equal("cardswitch", status.GetDetail<ErrorInfo>().Domain);
            Assert.Equal(expected.Reason, status.GetDetail<ErrorInfo>().Reason);
            Assert.Matches("^[A-Z0-9_]{1,63}$", status.GetDetail<ErrorInfo>().Reason);
            Assert.Equal(expected.Retry, status.GetDetail<RetryInfo>() is not null);
            Assert.Equal(status.Details.Count, status.Details.Select(d => d.TypeUrl).Distinct().Count());
            Assert.NotEmpty(status.Message);
        }
    }

    [Fact]
    public void Of_SeveralFaults_ListsEveryFieldAndKeepsTheSharedStatusClean()
    {
        var faults = new[] { new FieldFault("stan", "must be 1 to 999999"), new FieldFault("amount", "is required") };
        var status = RefusalStatus.Of(Refusal.Invalid(faults));

        Assert.Equal(["stan", "amount"], status.GetDetail<BadRequest>().FieldViolations.Select(v => v.Field));
        Assert.Null(RefusalStatus.Of(new Refusal(RefusalReason.InvalidRequest, [])).GetDetail<BadRequest>());
    }
}
