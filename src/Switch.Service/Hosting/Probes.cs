using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Switch.Service.Idempotency;
using Switch.Service.Journal;

namespace Switch.Service.Hosting;

/// <summary>
/// Liveness says that the process turns its wheels and nothing else, so that a Redis blip kills no pod; readiness says
/// that new money can be taken. The same checks answer HTTP probes and gRPC health.
/// </summary>
internal static class Probes
{
    public const string Live = "live";
    public const string Ready = "ready";

    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(1);

    public static void AddProbes(this IServiceCollection services)
    {
        services.AddHealthChecks()
            .AddCheck("process", () => HealthCheckResult.Healthy(), [Live])
            .Add(Check<ServiceState>("phase", (state, _) => state.IsReady ? null : "starting or shutting down"))
            .Add(Check<IJournal>("journal", (journal, _) => journal.CanAccept ? null : journal.Admission.ToString()))
            .Add(new HealthCheckRegistration(
                "redis", provider => new RedisCheck(provider.GetRequiredService<RedisConnection>()),
                HealthStatus.Unhealthy, [Ready], CheckTimeout));
        services.AddGrpcHealthChecks(grpc =>
        {
            // The default maps "" to every check; here "" is readiness and the two names are what they say.
            grpc.Services.Clear();
            grpc.Services.Map("", check => check.Tags.Contains(Ready));
            grpc.Services.Map(Ready, check => check.Tags.Contains(Ready));
            grpc.Services.Map(Live, check => check.Tags.Contains(Live));
        });
    }

    public static void MapProbes(this WebApplication app)
    {
        app.MapHealthChecks("/livez", Tagged(Live)).WithMetadata(new ServedOn(Listener.Management));
        app.MapHealthChecks("/readyz", Tagged(Ready)).WithMetadata(new ServedOn(Listener.Management));
        app.MapPrometheusScrapingEndpoint("/metrics").WithMetadata(new ServedOn(Listener.Management));
        app.MapGrpcHealthChecksService().WithMetadata(new ServedOn(Listener.Operations));
    }

    private static HealthCheckOptions Tagged(string tag) => new()
    {
        Predicate = check => check.Tags.Contains(tag),
        ResponseWriter = WriteAsync,
    };

    // One line a check, so that a person with curl sees which one fails and why.
    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        var lines = report.Entries.Select(e =>
            $"{e.Key}: {e.Value.Status.ToString().ToLowerInvariant()} {e.Value.Description}");
        return context.Response.WriteAsync(string.Join('\n', lines) + "\n");
    }

    private static HealthCheckRegistration Check<T>(string name, Func<T, CancellationToken, string?> fault)
        where T : notnull =>
        new(name, provider =>
            new FaultCheck<T>(provider.GetRequiredService<T>(), fault), HealthStatus.Unhealthy, [Ready], CheckTimeout);

    private sealed class FaultCheck<T>(T subject, Func<T, CancellationToken, string?> fault) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context,
            CancellationToken cancellationToken = default) =>
            Task.FromResult(fault(subject, cancellationToken) is { } description
                ? HealthCheckResult.Unhealthy(description)
                : HealthCheckResult.Healthy());
    }

    private sealed class RedisCheck(RedisConnection redis) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context, CancellationToken cancellationToken = default) =>
            !await redis.PingAsync() ? HealthCheckResult.Unhealthy("no answer to PING")
            : !redis.IsTrusted
                ? HealthCheckResult.Unhealthy("records that it may have lost are being put back, here or by others")
            : HealthCheckResult.Healthy();
    }
}
