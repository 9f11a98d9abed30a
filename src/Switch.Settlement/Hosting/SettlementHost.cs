using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Switch.Settlement.Books;
using Switch.Settlement.Consuming;
using Switch.Settlement.Fees;
using Switch.Settlement.Store;
using Switch.Settlement.Terms;

namespace Switch.Settlement.Hosting;

/// <summary>The consumer as a service.</summary>
internal static class SettlementHost
{
    private static readonly TimeSpan ShutdownPatience = TimeSpan.FromSeconds(45);

    /// <summary>Everything that consuming needs. Fails when the configuration or the terms have faults.</summary>
    /// <exception cref="OptionsValidationException">With every fault of the configuration.</exception>
    /// <exception cref="StoreRefusedException">With every fault of the terms.</exception>
    public static void AddSettlement(this IHostApplicationBuilder builder)
    {
        var options = new SettlementOptions();
        builder.Configuration.GetSection(SettlementOptions.Section)
            .Bind(options, static binder => binder.ErrorOnUnknownConfiguration = true);
        var validated = new SettlementOptionsValidator().Validate(null, options);
        if (validated.Failed)
        {
            throw new OptionsValidationException(
                SettlementOptions.Section, typeof(SettlementOptions), validated.Failures);
        }

        var services = builder.Services;
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(new Bookkeeper(new FeeSchedule(TermsOf(options.Terms))));
        services.AddSingleton<StoreOpening>();
        services.AddSingleton<ConsumingMetrics>();
        services.AddSingleton<EventConsumer>();
        services.AddHostedService(provider => provider.GetRequiredService<EventConsumer>());
        services.Configure<HostOptions>(static host => host.ShutdownTimeout = ShutdownPatience);
        if (options.OtlpEndpoint is not { } endpoint) return;
        services.AddOpenTelemetry()
            .ConfigureResource(static resource => resource.AddService("cardswitch.settlement"))
            .WithMetrics(metrics => metrics.AddMeter(ConsumingMetrics.MeterName)
                .AddOtlpExporter(otlp => otlp.Endpoint = new Uri(endpoint)));
    }

    /// <summary>Runs until told to stop.</summary>
    /// <returns>The exit status: 1 when it can't go on, with the reason on standard error.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            var builder = Host.CreateApplicationBuilder(args);
            builder.AddSettlement();
            using var host = builder.Build();
            var consumer = host.Services.GetRequiredService<EventConsumer>();
            await host.RunAsync();
            return consumer.Fault is { } fault ? throw fault : 0;
        }
        catch (OptionsValidationException e)
        {
            foreach (var failure in e.Failures)
                await Console.Error.WriteLineAsync($"Settlement can't start: {SettlementOptions.Section}: {failure}");
            return 1;
        }
        catch (Exception e) when (e is StoreRefusedException or InvalidOperationException or IOException)
        {
            await Console.Error.WriteLineAsync($"Settlement can't start: {e.Message} {e.InnerException?.Message}");
            return 1;
        }
    }

    /// <summary>Reads the file of the terms.</summary>
    /// <exception cref="StoreRefusedException">With every fault, one a line.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public static SettlementTerms TermsOf(string path) =>
        SettlementTerms.TryRead(File.ReadAllText(path), path, out var terms, out var faults)
            ? terms
            : throw new StoreRefusedException(string.Join('\n', faults));
}
