using System.Net;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Switch.Contracts.V1;
using Switch.Settlement.Records;
using Switch.Settlement.Store;

namespace Switch.Settlement.Tests.Records;

/// <summary>The query API over real sockets, on ports of its own.</summary>
internal sealed class QueryHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly GrpcChannel _channel;

    private QueryHost(WebApplication app, FakeTimeProvider time)
    {
        _app = app;
        Time = time;
        // In the order in which they were opened: gRPC, then JSON, then the other.
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        _channel = GrpcChannel.ForAddress(addresses.First());
        Json = new HttpClient { BaseAddress = new Uri(addresses.ElementAt(1)) };
        ElsewhereInTheHost = new Uri(addresses.Last());
        Records = new RecordsService.RecordsServiceClient(_channel);
        Statistics = new StatisticsService.StatisticsServiceClient(_channel);
    }

    public FakeTimeProvider Time { get; }

    public HttpClient Json { get; }

    /// <summary>Another port of the same host, as that of the probes.</summary>
    public Uri ElsewhereInTheHost { get; }

    public RecordsService.RecordsServiceClient Records { get; }

    public StatisticsService.StatisticsServiceClient Statistics { get; }

    public static async Task<QueryHost> StartAsync(SettlementDatabase database)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 7, 1, 12, 0, 0, TimeSpan.Zero));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddQueries(
            new QueryOptions { Grpc = "127.0.0.1:0", Json = "127.0.0.1:0" }, _ => _ => Task.FromResult(database));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenForQueries();
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        app.MapQueries();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new QueryHost(app, time);
    }

    public async ValueTask DisposeAsync()
    {
        Json.Dispose();
        _channel.Dispose();
        await _app.DisposeAsync();
    }
}
