namespace Switch.Service.Outbox;

internal static class OutboxRegistration
{
    public static void AddOutbox(this IServiceCollection services)
    {
        // A failed producer is thrown away, so the relay makes them.
        services.AddSingleton<Func<IEventSink>>(provider =>
        {
            var options = provider.GetRequiredService<SwitchOptions>();
            var logger = provider.GetRequiredService<ILogger<OutboxRelay>>();
            return () => new EventProducer(options.Kafka, options.InstanceName, logger);
        });
        services.AddHostedService<OutboxRelay>();
    }
}
