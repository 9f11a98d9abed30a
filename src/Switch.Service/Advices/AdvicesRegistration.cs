namespace Switch.Service.Advices;

internal static class AdvicesRegistration
{
    public static void AddAdvices(this IServiceCollection services)
    {
        services.AddSingleton<AdviceMetrics>();
        services.AddSingleton<AdviceSender>();
        services.AddSingleton<AdviceQueue>();
        services.AddHostedService(provider => provider.GetRequiredService<AdviceQueue>());
    }
}
