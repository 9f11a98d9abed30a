namespace Switch.Service.Hosting;

/// <summary>Start, readiness and the way down.</summary>
internal static class LifecycleRegistration
{
    // Beyond drain delay and grace: closing links, the journal and Redis.
    private static readonly TimeSpan ClosingTime = TimeSpan.FromSeconds(10);

    public static void AddLifecycle(this IServiceCollection services, SwitchOptions options)
    {
        services.AddSingleton<ServiceState>();
        services.AddProbes();
        services.Configure<HostOptions>(host =>
        {
            host.ShutdownTimeout = options.Shutdown.DrainDelay + options.Shutdown.Grace + ClosingTime;
            host.ServicesStartConcurrently = false;
        });
        // Its phases stand before and after those of every other hosted service, whatever the order here.
        services.AddHostedService<Lifecycle>();
    }
}
