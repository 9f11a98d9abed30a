using System.Globalization;
using System.Net;
using System.Runtime;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Switch.Baselines;

/// <summary>
/// What the load tool compares the switch with: the same contract on the same gRPC server, with a handler that does
/// nothing (<c>bare</c>), or one written from the libraries' own examples (<c>naive</c>).
/// </summary>
internal static class BaselineProgram
{
    private const string Usage =
        "usage: Switch.Baselines bare|naive --Terminals PORT --Management PORT "
        + "[--Redis HOST:PORT --Kafka HOST:PORT --Topic NAME --Acquirer HOST:PORT]";

    // As the switch has it: Switch:Limits:InFlightMax and room for refusals.
    private const int StreamsPerConnection = 4096 + 1024;

    public static async Task<int> RunAsync(string[] args, TextWriter error)
    {
        if (args is not ["bare" or "naive", .. var rest])
        {
            await error.WriteLineAsync(Usage);
            return 2;
        }

        var builder = WebApplication.CreateSlimBuilder(
            ["--hostBuilder:reloadConfigOnChange=false", .. rest]);
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.Http2.MaxStreamsPerConnection = StreamsPerConnection;
            Listen(kestrel, builder.Configuration, "Terminals", HttpProtocols.Http2);
            Listen(kestrel, builder.Configuration, "Management", HttpProtocols.Http1);
        });
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(TimeProvider.System);
        if (args[0] == "naive") builder.Services.AddNaive(builder.Configuration);

        var app = builder.Build();
        if (args[0] == "naive") app.MapGrpcService<NaiveEndpoint>();
        else app.MapGrpcService<BareEndpoint>();
        app.MapGet("/readyz", static () => "ready");
        app.MapGet("/metrics", RuntimePage);
        await app.RunAsync();
        return 0;
    }

    private static void Listen(
        KestrelServerOptions kestrel, IConfiguration configuration, string key, HttpProtocols protocols) =>
        kestrel.Listen(
            IPAddress.Loopback, configuration.GetValue<int>(key), listen => listen.Protocols = protocols);

    // Named as the switch's metrics page names them.
    private static string RuntimePage() => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        dotnet_gc_heap_total_allocated_bytes_total {GC.GetTotalAllocatedBytes(precise: true)}
        dotnet_gc_pause_time_seconds_total {GC.GetTotalPauseDuration().TotalSeconds}
        dotnet_jit_compilation_time_seconds_total {JitInfo.GetCompilationTime().TotalSeconds}

        """);
}
