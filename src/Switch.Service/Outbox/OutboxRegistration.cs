namespace Switch.Service.Outbox;

internal static class OutboxRegistration
{
    public static void AddOutbox(this IServiceCollection services) => services.AddHostedService<OutboxRelay>();
}
