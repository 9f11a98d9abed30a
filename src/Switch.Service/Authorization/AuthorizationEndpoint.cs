using Grpc.Core;
using Switch.Contracts.V1;
using Switch.Service.Hosting;
using Switch.Service.Telemetry;

namespace Switch.Service.Authorization;

/// <summary>The terminal API. Carries messages between gRPC and the flows; decides nothing.</summary>
internal sealed class AuthorizationEndpoint : AuthorizationService.AuthorizationServiceBase
{
    private readonly AuthorizePipeline _authorizations;
    private readonly ReversalPipeline _reversals;
    private readonly TransactionLookup _lookup;
    private readonly CallerIdentities _callers;
    private readonly ServiceState _state;
    private readonly SwitchOptions _options;
    private readonly TimeProvider _time;
    private readonly AuthorizationTelemetry _telemetry;
    private readonly ILogger<AuthorizationEndpoint> _logger;

    public AuthorizationEndpoint(
        AuthorizePipeline authorizations, ReversalPipeline reversals, TransactionLookup lookup,
        CallerIdentities callers, ServiceState state, SwitchOptions options, TimeProvider time,
        AuthorizationTelemetry telemetry, ILogger<AuthorizationEndpoint> logger)
    {
        _authorizations = authorizations;
        _reversals = reversals;
        _lookup = lookup;
        _callers = callers;
        _state = state;
        _options = options;
        _time = time;
        _telemetry = telemetry;
        _logger = logger;
    }

    public override async Task<AuthorizeResponse> Authorize(AuthorizeRequest request, ServerCallContext context)
    {
        var result = await _authorizations.ExecuteAsync(
            request, CallerOf(context), DeadlineOf(context), context.CancellationToken);
        return result.Answer ?? RefusalStatus.Refuse<AuthorizeResponse>(context, result.Refusal!);
    }

    public override Task AuthorizeStream(
        IAsyncStreamReader<AuthorizeStreamRequest> requestStream,
        IServerStreamWriter<AuthorizeStreamResponse> responseStream,
        ServerCallContext context)
    {
        var session = new AuthorizeStreamSession(
            _authorizations, CallerOf(context), _options, context.Deadline, _time, _telemetry, _logger,
            _state.Draining);
        _state.StreamOpened();
        context.GetHttpContext().Response.OnCompleted(static state =>
        {
            ((ServiceState)state).StreamClosed();
            return Task.CompletedTask;
        }, _state);
        return session.RunAsync(requestStream, responseStream, context.CancellationToken);
    }

    public override async Task<ReverseResponse> Reverse(ReverseRequest request, ServerCallContext context)
    {
        var result = await _reversals.ExecuteAsync(
            request, CallerOf(context), DeadlineOf(context), context.CancellationToken);
        return result.Response ?? RefusalStatus.Refuse<ReverseResponse>(context, result.Refusal!);
    }

    public override async Task<GetTransactionResponse> GetTransaction(
        GetTransactionRequest request, ServerCallContext context)
    {
        var result = await _lookup.FindAsync(request, CallerOf(context));
        return result.Response ?? RefusalStatus.Refuse<GetTransactionResponse>(context, result.Refusal!);
    }

    private CallerIdentity CallerOf(ServerCallContext context) =>
        _callers.Of(context) ?? throw RefusalStatus.ToRpcException(Refusal.TerminalUnidentified);

    private Deadline DeadlineOf(ServerCallContext context) =>
        Deadline.OfCall(context.Deadline, _options.Deadlines, _time);
}
