using Switch.Service.Hosting;

namespace Switch.Service.Operations;

internal static class OperationsRegistration
{
    public static void AddOperations(this IServiceCollection services)
    {
        services.AddSingleton<RouteExplanations>();
        services.AddSingleton<ParkedAdvices>();
        services.AddSingleton<OperatorIdentity>();
        services.AddSingleton<OperationsEndpoint>();
    }

    public static void MapOperations(this WebApplication app) =>
        app.MapGrpcService<OperationsEndpoint>().WithMetadata(new ServedOn(Listener.Operations));
}
