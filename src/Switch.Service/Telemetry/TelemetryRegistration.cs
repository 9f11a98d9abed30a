using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Switch.Service.Telemetry;

/// <summary>Metrics for Prometheus and OTLP, traces for OTLP.</summary>
internal static class TelemetryRegistration
{
    // 50 microseconds to a minute: the stages that wait for a disk or a peer are told apart, an acquirer may take long.
    private static readonly double[] SecondsBoundaries =
    [
        0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
        30, 60,
    ];

    public static void AddSwitchTelemetry(this IServiceCollection services, SwitchOptions options)
    {
        // As long as this logger takes anything, the server makes a trace up for each call, whether anybody traces or
        // not.
        services.AddLogging(logging => logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None));
        services.AddSingleton(
            provider => provider.GetRequiredService<IMeterFactory>().Create(AuthorizationTelemetry.Name));
        services.AddSingleton<AuthorizationTelemetry>();
        services.AddSingleton<ServerCalls>();
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("cardswitch", serviceInstanceId: options.InstanceName))
            .WithMetrics(metrics => metrics
                .AddMeter(AuthorizationTelemetry.Name)
                .AddRuntimeInstrumentation()
                .AddView(instrument => instrument.Unit == "s" && instrument.Meter.Name == AuthorizationTelemetry.Name
                    ? new ExplicitBucketHistogramConfiguration { Boundaries = SecondsBoundaries }
                    : null)
                .AddPrometheusExporter());
        if (options.Telemetry.OtlpEndpoint is not { } endpoint) return;

        telemetry
            .WithMetrics(metrics => metrics.AddOtlpExporter(otlp => otlp.Endpoint = new Uri(endpoint)))
            .WithTracing(tracing => tracing
                // "Microsoft.AspNetCore" begins the span of each call and takes over the caller's traceparent.
                .AddSource("Microsoft.AspNetCore", AuthorizationTelemetry.Name)
                .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.Telemetry.TraceRatio)))
                .AddOtlpExporter(otlp => otlp.Endpoint = new Uri(endpoint)));
    }
}
