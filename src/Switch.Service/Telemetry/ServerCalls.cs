using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Switch.Service.Authorization;

namespace Switch.Service.Telemetry;

/// <summary>
/// What is around every call. It measures it as rpc.server.call.duration, which the gRPC server does not emit itself;
/// streams as a whole, their requests have cardswitch.authorization.duration. It logs an exception that nobody expected
/// and makes INTERNAL with its ErrorInfo of it, so that a client always finds a reason; the exception's own text stays
/// here. And it goes on with the caller's trace.
/// </summary>
internal sealed class ServerCalls : Interceptor
{
    // Bounded by the methods that are served: a call of any other does not come this far.
    private readonly ConcurrentDictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly Histogram<double> _duration;
    private readonly TimeProvider _time;
    private readonly ILogger<ServerCalls> _logger;

    public ServerCalls(Meter meter, TimeProvider time, ILogger<ServerCalls> logger)
    {
        _time = time;
        _logger = logger;
        _duration = meter.CreateHistogram<double>("rpc.server.call.duration", "s", "Duration of calls to this server");
    }

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        using var trace = ContinueTrace(context);
        var started = _time.GetTimestamp();
        var status = StatusCode.Internal;
        try
        {
            var response = await continuation(request, context);
            // A refusal is a status beside an empty response, not an exception.
            status = context.Status.StatusCode;
            return response;
        }
        catch (Exception e)
        {
            status = StatusOf(e);
            if (IsUnexpected(e, context)) throw Refused(e, context);
            throw;
        }
        finally
        {
            Record(context, status, started);
        }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        using var trace = ContinueTrace(context);
        var started = _time.GetTimestamp();
        var status = StatusCode.Internal;
        try
        {
            await continuation(requestStream, responseStream, context);
            status = context.CancellationToken.IsCancellationRequested ? StatusCode.Cancelled : StatusCode.OK;
        }
        catch (Exception e)
        {
            status = StatusOf(e);
            if (IsUnexpected(e, context)) throw Refused(e, context);
            throw;
        }
        finally
        {
            Record(context, status, started);
        }
    }

    // The caller traces, though nobody here does: its events carry its trace all the same.
    private static Activity? ContinueTrace(ServerCallContext context)
    {
        if (Activity.Current is not null) return null;
        var headers = context.GetHttpContext().Request.Headers;
        if (headers.TraceParent is not [{ } parent]) return null;
        return ActivityContext.TryParse(parent, headers.TraceState, isRemote: true, out var caller)
            ? new Activity(context.Method).SetParentId(caller.TraceId, caller.SpanId, caller.TraceFlags).Start()
            : null;
    }

    private static StatusCode StatusOf(Exception e) => e is RpcException call ? call.StatusCode : StatusCode.Internal;

    private static bool IsUnexpected(Exception e, ServerCallContext context) =>
        e is not RpcException && !context.CancellationToken.IsCancellationRequested;

    private RpcException Refused(Exception e, ServerCallContext context)
    {
        Log.CallFailed(_logger, context.Method, e);
        return RefusalStatus.ToRpcException(Refusal.Internal);
    }

    private void Record(ServerCallContext context, StatusCode status, long started)
    {
        // Interned by the framework and the enum: no tag is built per call.
        var tags = new TagList
        {
            { "rpc.system.name", "grpc" },
            { "rpc.method", _names.GetOrAdd(context.Method, static method => method.TrimStart('/')) },
            { "rpc.response.status_code", StatusNames.Of(status) },
        };
        if (status != StatusCode.OK) tags.Add("error.type", StatusNames.Of(status));
        _duration.Record(_time.GetElapsedTime(started).TotalSeconds, tags);
    }
}
