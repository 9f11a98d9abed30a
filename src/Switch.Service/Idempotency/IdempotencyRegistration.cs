using Microsoft.Extensions.Options;
using Switch.Service.Journal;

namespace Switch.Service.Idempotency;

/// <summary>Redis, and what makes one attempt of a request out of its repeats.</summary>
internal static class IdempotencyRegistration
{
    public static void AddIdempotency(this IServiceCollection services, SwitchOptions options)
    {
        services.AddSingleton(Options.Create(options.Redis));
        services.AddSingleton<RedisConnection>();
        services.AddSingleton<IdempotencyMetrics>();
        services.AddSingleton<IIdempotencyStore, RedisIdempotencyStore>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<RecordStore>(
            provider, InstanceId.Create(provider.GetRequiredService<IJournal>().Id)));
        services.AddSingleton<OpenClaimIndex>();
        services.AddSingleton<RequestCoordinator>();
    }
}
