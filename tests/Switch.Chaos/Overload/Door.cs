using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Switch.Contracts.V1;
using RpcStatus = Google.Rpc.Status;

namespace Switch.Chaos.Overload;

/// <summary>What one request came to.</summary>
/// <param name="Code">OK for an answer.</param>
/// <param name="Reason">The response code, or the ErrorInfo's reason.</param>
/// <param name="SaysWhen">RetryInfo is there.</param>
internal readonly record struct Reply(StatusCode Code, string Reason, bool SaysWhen)
{
    /// <summary>A final answer from an acquirer, which approves all.</summary>
    public bool IsGood => Code == StatusCode.OK && Reason == "00";

    /// <summary>Shed, and told so as the contract says.</summary>
    public bool IsShed => Code == StatusCode.ResourceExhausted && Reason == "OVERLOADED" && SaysWhen;

    /// <summary>For counting, for example "Unavailable STORE_UNAVAILABLE".</summary>
    public string Name => $"{Code} {Reason}{(Code != StatusCode.OK && !SaysWhen ? " without RetryInfo" : "")}";

    public static Reply Of(AuthorizeResponse response) => new(StatusCode.OK, response.ResponseCode, false);

    public static Reply Of(StatusCode code, RpcStatus? details) => new(
        code, details?.GetDetail<ErrorInfo>()?.Reason ?? "", details?.GetDetail<RetryInfo>() is not null);
}

/// <summary>A way into the switch: unary calls, or streams.</summary>
internal abstract class Door : IAsyncDisposable
{
    // One HTTP/2 connection contends.
    protected const int Connections = 4;

    protected Door(string name, string address)
    {
        Name = name;
        for (var i = 0; i < Connections; i++)
        {
            Channels.Add(GrpcChannel.ForAddress(address, new GrpcChannelOptions
            {
                HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = false },
                DisposeHttpClient = true,
            }));
        }
    }

    public string Name { get; }

    protected List<GrpcChannel> Channels { get; } = [];

    /// <summary>Sends one request; what goes wrong is a reply too.</summary>
    public abstract Task<Reply> AskAsync(AuthorizeRequest request);

    public virtual ValueTask DisposeAsync()
    {
        foreach (var channel in Channels) channel.Dispose();
        return ValueTask.CompletedTask;
    }
}
