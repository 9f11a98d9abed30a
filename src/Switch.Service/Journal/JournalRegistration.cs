namespace Switch.Service.Journal;

internal static class JournalRegistration
{
    public static void AddJournal(this IServiceCollection services, SwitchOptions options)
    {
        services.AddSingleton<JournalMetrics>();
        services.AddSingleton(provider =>
        {
            var logger = provider.GetRequiredService<ILogger<SqliteJournal>>();
            var journal = SqliteJournal.Open(
                options.Journal, provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<JournalMetrics>());
            journal.HealthChanged += (health, error) => Log.JournalHealth(logger, health, error);
            return journal;
        });
        services.AddSingleton<IJournal>(provider => provider.GetRequiredService<SqliteJournal>());
    }
}
