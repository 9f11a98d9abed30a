using Google.Rpc;
using Grpc.Core;

namespace Switch.Sandbox;

/// <summary>Reads the details of a refusal.</summary>
internal static class Refusals
{
    public static string Summary(RpcException error)
    {
        var info = error.GetRpcStatus()?.GetDetail<ErrorInfo>();
        return $"{info?.Reason ?? error.StatusCode.ToString()}: {error.Status.Detail}";
    }

    public static IEnumerable<(string Field, string Description)> Faults(RpcException error) =>
        error.GetRpcStatus()?.GetDetail<BadRequest>() is { FieldViolations.Count: > 1 } badRequest
            ? badRequest.FieldViolations.Select(violation => (violation.Field, violation.Description))
            : [];
}
