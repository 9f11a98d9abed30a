using System.Security.Cryptography.X509Certificates;

namespace Switch.Settlement.Webhooks;

/// <summary>Registers webhooks; <c>SettlementDatabase</c> and <see cref="TimeProvider"/> are registered
/// before.</summary>
internal static class WebhookRegistration
{
    /// <summary>What the program that consumes runs. Nothing without a folder of keys.</summary>
    public static void AddWebhooks(this IServiceCollection services, WebhookOptions options)
    {
        if (options.KeysPath is null) return;
        services.AddWebhookOperations(options);
        services.AddSingleton<FanOut>();
        services.AddSingleton<DeliveryQueue>();
        services.AddSingleton<WebhookTelemetry>();
        services.AddSingleton(provider => new DeliverySender(
            TargetConnector.CreateHandler(options.Targets(), RootsOf(options)), options,
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<DeliveryWorker>();
        services.AddHostedService<WebhookService>();
    }

    /// <summary>What the verbs of the command line use.</summary>
    public static void AddWebhookOperations(this IServiceCollection services, WebhookOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(_ => SecretVault.Open(options.KeysPath!));
        services.AddSingleton<WebhookEndpoints>();
        services.AddSingleton<WebhookReplay>();
        services.AddSingleton<DeadLetters>();
    }

    private static X509Certificate2Collection? RootsOf(WebhookOptions options)
    {
        if (options.CaPath is null) return null;
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(options.CaPath);
        return roots;
    }
}
