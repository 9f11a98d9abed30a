using Google.Rpc;
using Grpc.Core;

namespace Switch.Sandbox;

/// <summary>Reads the details of a refusal.</summary>
internal static class Refusals
{
    /// <summary>The reason in the ErrorInfo, or the bare status when there is none.</summary>
    public static string Reason(RpcException error) =>
        error.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason ?? error.StatusCode.ToString();

    public static string Summary(RpcException error) => $"{error.StatusCode}: {error.Status.Detail}";

    public static IEnumerable<(string Field, string Description)> Faults(RpcException error) =>
        error.GetRpcStatus()?.GetDetail<BadRequest>() is { FieldViolations.Count: > 1 } badRequest
            ? badRequest.FieldViolations.Select(violation => (violation.Field, violation.Description))
            : [];
}
