using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Switch.Settlement.Statistics;

namespace Switch.Settlement.Records;

/// <summary>Puts the query API into the host. It wants a <see cref="Store.SettlementDatabase"/> in the container.</summary>
internal static class QueryRegistration
{
    private const int RequestBytesMax = 64 * 1024;
    private const int ConnectionsMax = 256;

    // A page on another site may point its own name at 127.0.0.1 and read what answers there, in the browser of whoever
    // sits at this machine; the name then stands in the Host header.
    private static readonly string[] HostsOfLoopback = ["localhost", "127.0.0.1", "[::1]"];

    public static void AddQueries(this IServiceCollection services)
    {
        services.AddOptions<QueryOptions>().BindConfiguration(QueryOptions.Section)
            .ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<QueryGate>();
        services.AddSingleton<RecordsEndpoint>();
        services.AddSingleton<StatisticsEndpoint>();
        services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = RequestBytesMax).AddJsonTranscoding(json =>
            json.TypeRegistry = Google.Protobuf.Reflection.TypeRegistry.FromFiles(
                Google.Rpc.ErrorDetailsReflection.Descriptor));
    }

    /// <summary>Opens the two ports; the server of the host may have others beside them.</summary>
    public static void ListenForQueries(this KestrelServerOptions kestrel)
    {
        var options = kestrel.ApplicationServices.GetRequiredService<IOptions<QueryOptions>>().Value;
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections ??= ConnectionsMax;
        kestrel.Listen(IPEndPoint.Parse(options.Grpc), listen => listen.Protocols = HttpProtocols.Http2);
        kestrel.Listen(IPEndPoint.Parse(options.Json), listen => listen.Protocols = HttpProtocols.Http1);
        var logger = kestrel.ApplicationServices.GetRequiredService<ILoggerFactory>()
            .CreateLogger("Switch.Settlement.Records");
        RecordsLog.ServedInPlaintext(logger, options.Grpc, options.Json);
    }

    public static void MapQueries(this IEndpointRouteBuilder app)
    {
        app.MapGrpcService<RecordsEndpoint>().RequireHost(HostsOfLoopback);
        app.MapGrpcService<StatisticsEndpoint>().RequireHost(HostsOfLoopback);
    }
}
