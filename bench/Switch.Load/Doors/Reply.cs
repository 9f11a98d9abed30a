using Google.Rpc;
using Grpc.Core;
using Switch.Contracts.V1;
using RpcStatus = Google.Rpc.Status;

namespace Switch.Load.Doors;

/// <summary>What one request came to.</summary>
/// <param name="Code">OK for a final answer, declines included.</param>
/// <param name="Reason">What a reversal found; ErrorInfo's reason, else the status detail; empty for an answer.</param>
/// <param name="Answer">Null when there is none.</param>
internal readonly record struct Reply(StatusCode Code, string Reason, AuthorizeResponse? Answer)
{
    private const int ReasonMax = 120;

    public bool IsOk => Code == StatusCode.OK;

    public bool IsApproved => Answer is { Outcome: Outcome.Approved };

    /// <summary>For counting: an outcome or a status with its reason.</summary>
    public string Name => Answer switch
    {
        { Outcome: Outcome.Approved, Replayed: true } => "approved, replayed",
        { Outcome: Outcome.Approved } => "approved",
        { Replayed: true } => $"{Word(Answer.Outcome)} {Answer.ResponseCode}, replayed",
        { } => $"{Word(Answer.Outcome)} {Answer.ResponseCode}",
        _ => IsOk ? $"reversal: {Reason}" : Reason.Length > 0 ? $"{Code} {Reason}" : Code.ToString(),
    };

    public static Reply Of(AuthorizeResponse answer) => new(StatusCode.OK, "", answer);

    public static Reply Of(ReverseResponse response) => new(StatusCode.OK, Words(response.State), null);

    public static Reply Of(RpcException fault) => Of(fault.StatusCode, fault.GetRpcStatus(), fault.Status.Detail);

    public static Reply Of(StatusCode code, RpcStatus? details, string words) =>
        new(code, details?.GetDetail<ErrorInfo>()?.Reason ?? words[..Math.Min(words.Length, ReasonMax)], null);

    public static Reply NoAnswer(string why) => new(StatusCode.Unavailable, why, null);

    private static string Word(Outcome outcome) => outcome switch
    {
        Outcome.Declined => "declined",
        Outcome.PartiallyApproved => "partially approved",
        _ => outcome.ToString(),
    };

    private static string Words(ReversalState state) => state switch
    {
        ReversalState.Queued => "queued",
        ReversalState.NothingToReverse => "nothing to reverse",
        ReversalState.Tombstone => "came first",
        ReversalState.Accepted => "accepted",
        _ => state.ToString(),
    };
}
