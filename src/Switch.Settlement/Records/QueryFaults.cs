using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using RpcStatus = Google.Rpc.Status;

namespace Switch.Settlement.Records;

/// <summary>Collects every faulty field of a request, and says so in the words of the contract.</summary>
internal sealed class QueryFaults
{
    private const string Domain = "cardswitch";
    private readonly BadRequest _faults = new();

    public bool Any => _faults.FieldViolations.Count > 0;

    /// <param name="field">Its path, in the names of the proto file: "card.amount.currency".</param>
    /// <param name="description">What it must be.</param>
    public void Add(string field, string description) =>
        _faults.FieldViolations.Add(
            new BadRequest.Types.FieldViolation { Field = field, Description = description });

    /// <exception cref="RpcException">INVALID_ARGUMENT, when any field is faulty.</exception>
    public void ThrowIfAny(string reason = "INVALID_REQUEST")
    {
        if (!Any) return;
        var first = _faults.FieldViolations[0];
        throw Of(StatusCode.InvalidArgument, reason, $"{first.Field}: {first.Description}", _faults).ToRpcException();
    }

    public static RpcException PaymentUnknown() =>
        Of(StatusCode.NotFound, "PAYMENT_UNKNOWN", "no event of such a payment was consumed").ToRpcException();

    public static RpcException BooksMadeAgain()
    {
        const string Why = "the books were made again since it was given: begin the search again without it";
        var fields = new BadRequest();
        fields.FieldViolations.Add(
            new BadRequest.Types.FieldViolation { Field = "page_token", Description = Why });
        return Of(StatusCode.InvalidArgument, "PAGE_TOKEN_EXPIRED", $"page_token: {Why}", fields).ToRpcException();
    }

    public static RpcException HistoryTooShort(string why) =>
        Of(StatusCode.FailedPrecondition, "HISTORY_TOO_SHORT", why).ToRpcException();

    public static RpcException StoreUnavailable() => Of(
        StatusCode.Unavailable, "STORE_UNAVAILABLE", "the store of the records is away; nothing is lost",
        RetryAfter(TimeSpan.FromSeconds(1))).ToRpcException();

    public static RpcException TooLong(TimeSpan patience) => Of(
        StatusCode.DeadlineExceeded, "QUERY_TOO_LONG",
        $"the store took longer than {patience.TotalSeconds:0} s: ask for less at once").ToRpcException();

    public static RpcException Overloaded() => Of(
        StatusCode.ResourceExhausted, "OVERLOADED", "too many queries at once",
        RetryAfter(TimeSpan.FromMilliseconds(500))).ToRpcException();

    private static RetryInfo RetryAfter(TimeSpan delay) => new() { RetryDelay = Duration.FromTimeSpan(delay) };

    private static RpcStatus Of(
        StatusCode code, string reason, string message, Google.Protobuf.IMessage? detail = null)
    {
        var status = new RpcStatus { Code = (int)code, Message = message };
        status.Details.Add(Google.Protobuf.WellKnownTypes.Any.Pack(new ErrorInfo { Domain = Domain, Reason = reason }));
        if (detail is not null) status.Details.Add(Google.Protobuf.WellKnownTypes.Any.Pack(detail));
        return status;
    }
}
