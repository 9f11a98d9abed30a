using System.Collections.Frozen;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using RpcStatus = Google.Rpc.Status;

namespace Switch.Service.Authorization;

/// <summary>
/// The table of CONVENTIONS for refusals: gRPC status, ErrorInfo reason, and when to come back. Statuses without
/// field faults are built once, because shedding has to stay cheap exactly when there is no time for it.
/// </summary>
internal static class RefusalStatus
{
    public const string Domain = "cardswitch";

    private const string DetailsTrailer = "grpc-status-details-bin";

    private static readonly FrozenDictionary<RefusalReason, RpcStatus> Ready =
        System.Enum.GetValues<RefusalReason>().ToFrozenDictionary(reason => reason, Build);

    private static readonly FrozenDictionary<RefusalReason, Metadata.Entry> ReadyDetails =
        Ready.ToFrozenDictionary(ready => ready.Key, ready => Details(ready.Value));

    /// <summary>The status to answer in place, as a stream does.</summary>
    public static RpcStatus Of(Refusal refusal)
    {
        var ready = Ready[refusal.Reason];
        if (refusal.Faults.Count == 0) return ready;

        var badRequest = new BadRequest();
        foreach (var fault in refusal.Faults)
        {
            badRequest.FieldViolations.Add(
                new BadRequest.Types.FieldViolation { Field = fault.Field, Description = fault.Description });
        }

        var status = ready.Clone();
        var first = $"{refusal.Faults[0].Field}: {refusal.Faults[0].Description}";
        status.Message = refusal.Faults.Count == 1
            ? first
            : $"{refusal.Faults.Count} fields are invalid; the first: {first}";
        status.Details.Add(Any.Pack(badRequest));
        return status;
    }

    /// <summary>
    /// Ends a unary call with that status, without an exception: one that is thrown through every layer of the call
    /// costs a multiple of all else there is to a refusal. The message that the server then wants is an empty one; a
    /// client never looks at a message beside a status other than OK.
    /// </summary>
    public static T Refuse<T>(ServerCallContext context, Refusal refusal)
        where T : new()
    {
        var status = Of(refusal);
        context.Status = new Grpc.Core.Status((StatusCode)status.Code, status.Message);
        context.ResponseTrailers.Add(
            refusal.Faults.Count == 0 ? ReadyDetails[refusal.Reason] : Details(status));
        return new T();
    }

    /// <summary>The exception that ends a call with that status.</summary>
    public static RpcException ToRpcException(Refusal refusal) => Of(refusal).ToRpcException();

    private static RpcStatus Build(RefusalReason reason)
    {
        var (code, name, message, retryAfter) = Describe(reason);
        var status = new RpcStatus { Code = (int)code, Message = message };
        status.Details.Add(Any.Pack(new ErrorInfo { Domain = Domain, Reason = name }));
        if (retryAfter is { } delay)
            status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(delay) }));
        return status;
    }

    private static Metadata.Entry Details(RpcStatus status) => new(DetailsTrailer, status.ToByteArray());

    private static (StatusCode Code, string Name, string Message, TimeSpan? RetryAfter) Describe(
        RefusalReason reason) =>
        reason switch
        {
            RefusalReason.InvalidRequest => (StatusCode.InvalidArgument, "INVALID_REQUEST",
                "the request is invalid; nothing was claimed or sent", null),
            RefusalReason.TerminalUnidentified => (StatusCode.Unauthenticated, "TERMINAL_UNKNOWN",
                "the client certificate names no terminal (URI SAN spiffe://<trust-domain>/terminal/<id>)", null),
            RefusalReason.MerchantUnknown => (StatusCode.PermissionDenied, "MERCHANT_UNKNOWN",
                "the merchant is not known to this switch", null),
            RefusalReason.TerminalUnknown => (StatusCode.PermissionDenied, "TERMINAL_UNKNOWN",
                "the merchant has no such terminal", null),
            RefusalReason.TerminalNotBound => (StatusCode.PermissionDenied, "TERMINAL_NOT_BOUND",
                "the client certificate does not speak for this terminal", null),
            RefusalReason.KeyReused => (StatusCode.AlreadyExists, "IDEMPOTENCY_KEY_REUSED",
                "the idempotency key was used for a different payment; choose a new key", null),
            RefusalReason.InProgress => (StatusCode.Aborted, "REQUEST_IN_PROGRESS",
                "the first request with this key has no final answer yet; retry with the same key", Seconds(1)),
            RefusalReason.Overloaded => (StatusCode.ResourceExhausted, "OVERLOADED",
                "the switch is at its in-flight bound; nothing was sent", Seconds(0.5)),
            RefusalReason.StreamWindowFull => (StatusCode.ResourceExhausted, "STREAM_WINDOW_FULL",
                "too many requests in flight on this stream; wait for answers", Seconds(0.1)),
            RefusalReason.StoreUnavailable => (StatusCode.Unavailable, "STORE_UNAVAILABLE",
                "the idempotency store does not answer; nothing was sent", Seconds(1)),
            RefusalReason.JournalUnavailable => (StatusCode.Unavailable, "JOURNAL_UNAVAILABLE",
                "the journal takes no new payments; nothing was sent", Seconds(2)),
            RefusalReason.Draining => (StatusCode.Unavailable, "DRAINING",
                "this instance is shutting down; nothing was sent; retry at another", Seconds(0.1)),
            RefusalReason.NotReady => (StatusCode.Unavailable, "NOT_READY",
                "this instance is starting; nothing was sent", Seconds(1)),
            RefusalReason.DeadlineExceeded => (StatusCode.DeadlineExceeded, "DEADLINE_EXCEEDED",
                "too little time was left to ask an acquirer; nothing was sent", null),
            RefusalReason.AdviceUnknown => (StatusCode.NotFound, "ADVICE_UNKNOWN",
                "this instance owes no such advice, or not any more", null),
            RefusalReason.AdviceNotParked => (StatusCode.FailedPrecondition, "ADVICE_NOT_PARKED",
                "the advice is not parked, or someone decides about it at this moment", null),
            RefusalReason.OperatorUnknown => (StatusCode.PermissionDenied, "OPERATOR_UNKNOWN",
                "the client certificate names no operator (URI SAN spiffe://<trust-domain>/operator/<id>)", null),
            _ => (StatusCode.Internal, "INTERNAL",
                "the switch met an unexpected error; ask GetTransaction or retry with the same key", null),
        };

    private static TimeSpan? Seconds(double value) => TimeSpan.FromSeconds(value);
}
