using Grpc.Core;
using Switch.Contracts.V1;
using Switch.Service.Authorization;

namespace Switch.Service.Operations;

/// <summary>For operators, on the operations port only.</summary>
internal sealed class OperationsEndpoint : OperationsService.OperationsServiceBase
{
    private readonly RouteExplanations _routes;

    public OperationsEndpoint(RouteExplanations routes) => _routes = routes;

    public override Task<ExplainRouteResponse> ExplainRoute(ExplainRouteRequest request, ServerCallContext context)
    {
        var (response, refusal) = _routes.Explain(request);
        return response is not null ? Task.FromResult(response) : throw RefusalStatus.ToRpcException(refusal!);
    }
}
