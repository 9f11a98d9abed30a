using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Switch.Service.Authorization;

/// <summary>
/// Logs an exception that nobody expected and turns it into INTERNAL with its ErrorInfo, so that a client always finds
/// a reason. The exception's own text stays here.
/// </summary>
internal sealed class UnexpectedErrors : Interceptor
{
    private readonly ILogger<UnexpectedErrors> _logger;

    public UnexpectedErrors(ILogger<UnexpectedErrors> logger) => _logger = logger;

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception e) when (IsUnexpected(e, context))
        {
            throw Refused(e, context);
        }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(requestStream, responseStream, context);
        }
        catch (Exception e) when (IsUnexpected(e, context))
        {
            throw Refused(e, context);
        }
    }

    private static bool IsUnexpected(Exception e, ServerCallContext context) =>
        e is not RpcException && !context.CancellationToken.IsCancellationRequested;

    private RpcException Refused(Exception e, ServerCallContext context)
    {
        Log.CallFailed(_logger, context.Method, e);
        return RefusalStatus.ToRpcException(Refusal.Internal);
    }
}
