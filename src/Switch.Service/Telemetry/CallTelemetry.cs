using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Switch.Service.Telemetry;

/// <summary>
/// rpc.server.call.duration by OpenTelemetry's names, which the gRPC server does not emit itself. Streams are measured
/// as a whole; their requests have cardswitch.authorization.duration.
/// </summary>
internal sealed class CallTelemetry : Interceptor
{
    // Bounded by the methods that are served: a call of any other does not come this far.
    private readonly ConcurrentDictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly Histogram<double> _duration;
    private readonly TimeProvider _time;

    public CallTelemetry(Meter meter, TimeProvider time)
    {
        _time = time;
        _duration = meter.CreateHistogram<double>("rpc.server.call.duration", "s", "Duration of calls to this server");
    }

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        var started = _time.GetTimestamp();
        var status = StatusCode.Internal;
        try
        {
            var response = await continuation(request, context);
            // A refusal is a status beside an empty response, not an exception.
            status = context.Status.StatusCode;
            return response;
        }
        catch (RpcException e)
        {
            status = e.StatusCode;
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
        var started = _time.GetTimestamp();
        var status = StatusCode.Internal;
        try
        {
            await continuation(requestStream, responseStream, context);
            status = context.CancellationToken.IsCancellationRequested ? StatusCode.Cancelled : StatusCode.OK;
        }
        catch (RpcException e)
        {
            status = e.StatusCode;
            throw;
        }
        finally
        {
            Record(context, status, started);
        }
    }

    private void Record(ServerCallContext context, StatusCode status, long started)
    {
        // Interned by the framework and the enum: no tag is built per call but the array itself.
        var tags = new System.Diagnostics.TagList
        {
            { "rpc.system.name", "grpc" },
            { "rpc.method", _names.GetOrAdd(context.Method, static method => method.TrimStart('/')) },
            { "rpc.response.status_code", StatusNames.Of(status) },
        };
        if (status != StatusCode.OK) tags.Add("error.type", StatusNames.Of(status));
        _duration.Record(_time.GetElapsedTime(started).TotalSeconds, tags);
    }
}
