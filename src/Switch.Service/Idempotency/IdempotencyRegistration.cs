using Microsoft.Extensions.Options;

namespace Switch.Service.Idempotency;

/// <summary>Redis, and what makes one attempt of a request out of its repeats.</summary>
internal static class IdempotencyRegistration
{
    public static void AddIdempotency(this IServiceCollection services, SwitchOptions options)
    {
        services.AddSingleton(Options.Create(options.Redis));
        services.AddSingleton<RedisConnection>();
        services.AddSingleton<IdempotencyMetrics>();
        services.AddSingleton<RedisIdempotencyStore>();
        services.AddSingleton<RequestCoordinator>();
    }
}
