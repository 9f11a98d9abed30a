using Grpc.Core;
using Switch.Contracts.V1;
using Switch.Service.Authorization;

namespace Switch.Service.Operations;

/// <summary>For operators, on the operations port only.</summary>
internal sealed class OperationsEndpoint : OperationsService.OperationsServiceBase
{
    private readonly RouteExplanations _routes;
    private readonly ParkedAdvices _advices;
    private readonly OperatorIdentity _operators;

    public OperationsEndpoint(RouteExplanations routes, ParkedAdvices advices, OperatorIdentity operators)
    {
        _operators = operators;
        _routes = routes;
        _advices = advices;
    }

    public override Task<ExplainRouteResponse> ExplainRoute(ExplainRouteRequest request, ServerCallContext context)
    {
        Admit(context);
        var (response, refusal) = _routes.Explain(request);
        return response is not null ? Task.FromResult(response) : throw RefusalStatus.ToRpcException(refusal!);
    }

    public override async Task<ListParkedAdvicesResponse> ListParkedAdvices(
        ListParkedAdvicesRequest request, ServerCallContext context)
    {
        Admit(context);
        var (response, refusal) = await _advices.ListAsync(request, context.CancellationToken);
        return response ?? throw RefusalStatus.ToRpcException(refusal!);
    }

    public override async Task<ResolveParkedAdviceResponse> ResolveParkedAdvice(
        ResolveParkedAdviceRequest request, ServerCallContext context)
    {
        Admit(context);
        var (response, refusal) = await _advices.ResolveAsync(request);
        return response ?? throw RefusalStatus.ToRpcException(refusal!);
    }

    private void Admit(ServerCallContext context)
    {
        if (_operators.Refuses(context) is { } refusal) throw RefusalStatus.ToRpcException(refusal);
    }
}
