using Switch.Service.Hosting;

namespace Switch.Service.Operations;

internal static class OperationsRegistration
{
    /// <summary>What clients take unless they are told otherwise.</summary>
    private const int AnswerBytesMax = 4 * 1024 * 1024;

    public static void AddOperations(this IServiceCollection services)
    {
        services.AddSingleton<RouteExplanations>();
        services.AddSingleton<ParkedAdvices>();
        services.AddSingleton<OperatorIdentity>();
        services.AddSingleton<OperationsEndpoint>();
        // An explanation names every rule of the table with its conditions, and a page has two hundred advices.
        services.AddGrpc().AddServiceOptions<OperationsEndpoint>(grpc => grpc.MaxSendMessageSize = AnswerBytesMax);
    }

    public static void MapOperations(this WebApplication app) =>
        app.MapGrpcService<OperationsEndpoint>().WithMetadata(new ServedOn(Listener.Operations));
}
