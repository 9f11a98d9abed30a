using Switch.Service.Acquirers;

namespace Switch.Service.Routes;

internal static class RoutesRegistration
{
    public static void AddRoutes(this IServiceCollection services, SwitchOptions options) =>
        services.AddSingleton(provider => new RouteTableSource(
            options.Routes,
            provider.GetRequiredService<AcquirerSet>().Names,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RouteTableSource>>()));
}
