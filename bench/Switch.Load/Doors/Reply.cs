using Google.Rpc;
using Grpc.Core;
using Switch.Contracts.V1;
using RpcStatus = Google.Rpc.Status;

namespace Switch.Load.Doors;

/// <summary>What one request came to.</summary>
/// <param name="Code">OK for a final answer, declines included.</param>
/// <param name="Reason">ErrorInfo's reason, else the status detail; empty for an answer.</param>
/// <param name="Answer">Null when there is none.</param>
internal readonly record struct Reply(StatusCode Code, string Reason, AuthorizeResponse? Answer)
{
    public bool IsApproved => Answer is { Outcome: Outcome.Approved };

    /// <summary>For counting: an outcome or a status with its reason.</summary>
    public string Name => Answer switch
    {
        { Outcome: Outcome.Approved, Replayed: true } => "approved, replayed",
        { Outcome: Outcome.Approved } => "approved",
        { Replayed: true } => $"declined {Answer.ResponseCode}, replayed",
        { } => $"declined {Answer.ResponseCode}",
        _ => Reason.Length > 0 ? $"{Code} {Reason}" : Code.ToString(),
    };

    public static Reply Of(AuthorizeResponse answer) => new(StatusCode.OK, "", answer);

    public static Reply Of(RpcException fault) => Of(fault.StatusCode, fault.GetRpcStatus(), fault.Status.Detail);

    public static Reply Of(StatusCode code, RpcStatus? details, string words) =>
        new(code, details?.GetDetail<ErrorInfo>()?.Reason ?? words, null);

    public static Reply NoAnswer(string why) => new(StatusCode.Unavailable, why, null);
}
