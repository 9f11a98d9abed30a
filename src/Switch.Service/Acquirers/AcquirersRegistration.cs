namespace Switch.Service.Acquirers;

internal static class AcquirersRegistration
{
    public static void AddAcquirers(this IServiceCollection services) => services.AddSingleton<AcquirerSet>();
}
