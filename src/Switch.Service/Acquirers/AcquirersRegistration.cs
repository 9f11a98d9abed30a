namespace Switch.Service.Acquirers;

internal static class AcquirersRegistration
{
    public static void AddAcquirers(this IServiceCollection services)
    {
        services.AddSingleton<AcquirerLinks>();
        services.AddSingleton(provider => new AcquirerSet(provider.GetRequiredService<AcquirerLinks>().Acquirers));
    }
}
