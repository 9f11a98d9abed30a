using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Switch.Settlement.Books;
using Switch.Settlement.Consuming;
using Switch.Settlement.Fees;
using Switch.Settlement.Records;
using Switch.Settlement.Store;
using Switch.Settlement.Terms;
using Switch.Settlement.Webhooks;

namespace Switch.Settlement.Hosting;

/// <summary>The program that stays up.</summary>
internal static class SettlementHost
{
    private static readonly TimeSpan ShutdownPatience = TimeSpan.FromSeconds(45);

    /// <summary>Everything that runs until the program is stopped: the consumer, the query API, webhooks.</summary>
    public static void AddSettlement(
        this IHostApplicationBuilder builder, SettlementOptions options, SettlementTerms terms,
        SettlementDatabase database, TimeProvider time)
    {
        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton(time);
        services.AddSingleton(database);
        services.AddSingleton(new Bookkeeper(new FeeSchedule(terms)));
        services.AddSingleton<ConsumingMetrics>();
        services.AddSingleton<EventConsumer>();
        services.AddHostedService(provider => provider.GetRequiredService<EventConsumer>());
        services.AddQueries(options.Query);
        services.AddWebhooks(options.Webhooks);
        services.Configure<HostOptions>(static host => host.ShutdownTimeout = ShutdownPatience);
        if (options.OtlpEndpoint is not { } endpoint) return;
        services.AddOpenTelemetry()
            .ConfigureResource(static resource => resource.AddService("cardswitch.settlement"))
            .WithMetrics(metrics => metrics.AddMeter(ConsumingMetrics.MeterName).AddMeter(WebhookTelemetry.MeterName)
                .AddOtlpExporter(otlp => otlp.Endpoint = new Uri(endpoint)));
    }

    /// <summary>Builds the program around an open store; started and stopped by the caller.</summary>
    public static WebApplication Build(
        WebApplicationBuilder builder, SettlementOptions options, SettlementTerms terms, SettlementDatabase database,
        TimeProvider time)
    {
        builder.AddSettlement(options, terms, database, time);
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.ListenForQueries());
        var app = builder.Build();
        app.MapQueries();
        return app;
    }

    /// <summary>Binds and checks the settings.</summary>
    /// <exception cref="OptionsValidationException">With every fault.</exception>
    public static SettlementOptions OptionsOf(IConfiguration configuration)
    {
        var options = new SettlementOptions();
        try
        {
            configuration.GetSection(SettlementOptions.Section)
                .Bind(options, static binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException e)
        {
            throw new OptionsValidationException(SettlementOptions.Section, typeof(SettlementOptions), [e.Message]);
        }

        var validated = new SettlementOptionsValidator().Validate(null, options);
        return validated.Failed
            ? throw new OptionsValidationException(
                SettlementOptions.Section, typeof(SettlementOptions), validated.Failures)
            : options;
    }

    /// <summary>Reads the file of the terms.</summary>
    /// <exception cref="InvalidDataException">With every fault, one a line.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public static SettlementTerms TermsOf(string path) =>
        SettlementTerms.TryRead(File.ReadAllText(path), path, out var terms, out var faults)
            ? terms
            : throw new InvalidDataException(string.Join('\n', faults));
}
