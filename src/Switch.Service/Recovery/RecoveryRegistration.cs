namespace Switch.Service.Recovery;

/// <summary>What ends what was left unended: by this instance before its start, by others, or by a store that
/// forgot.</summary>
internal static class RecoveryRegistration
{
    public static void AddRecovery(this IServiceCollection services, SwitchOptions options)
    {
        services.AddSingleton(options.Recovery);
        services.AddSingleton<PutBack>();
        services.AddSingleton<StoreGuard>();
        services.AddSingleton<Recoverer>();
        services.AddSingleton<Sweeper>();
        services.AddSingleton<OwedReversals>();
        services.AddSingleton<RecoveryWorker>();
        services.AddHostedService(provider => provider.GetRequiredService<RecoveryWorker>());
    }
}
