using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Switch.Settlement.Statistics;

namespace Switch.Settlement.Records;

/// <summary>Puts the query API into the host.</summary>
internal static class QueryRegistration
{
    private const int RequestBytesMax = 64 * 1024;
    private const int ConnectionsMax = 256;

    public static void AddQueries(this IServiceCollection services, QueryOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<QueryGate>();
        services.AddSingleton<StatisticGate>();
        services.AddSingleton<RecordsEndpoint>();
        services.AddSingleton<StatisticsEndpoint>();
        services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = RequestBytesMax).AddJsonTranscoding(json =>
        {
            // As ProtoJSON has it: a script's numbers lose digits beyond 2^53.
            json.JsonSettings.WriteInt64sAsStrings = true;
            json.TypeRegistry = Google.Protobuf.Reflection.TypeRegistry.FromFiles(
                Google.Rpc.ErrorDetailsReflection.Descriptor);
        });
    }

    /// <summary>Opens the two ports; the server of the host may have others beside them.</summary>
    public static void ListenForQueries(this KestrelServerOptions kestrel)
    {
        var options = kestrel.ApplicationServices.GetRequiredService<QueryOptions>();
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections ??= ConnectionsMax;
        Open(kestrel, options.Grpc, HttpProtocols.Http2);
        Open(kestrel, options.Json, HttpProtocols.Http1);
        var logger = kestrel.ApplicationServices.GetRequiredService<ILoggerFactory>()
            .CreateLogger("Switch.Settlement.Records");
        RecordsLog.ServedInPlaintext(logger, options.Grpc, options.Json);
    }

    /// <summary>Maps the services, on those two ports only.</summary>
    public static void MapQueries(this WebApplication app)
    {
        app.Use(QueryDoor.Guard);
        app.MapGrpcService<RecordsEndpoint>().WithMetadata(QueryDoor.Instance);
        app.MapGrpcService<StatisticsEndpoint>().WithMetadata(QueryDoor.Instance);
    }

    private static void Open(KestrelServerOptions kestrel, string address, HttpProtocols protocols) =>
        kestrel.Listen(IPEndPoint.Parse(address), listen =>
        {
            listen.Protocols = protocols;
            listen.Use(next => connection =>
            {
                connection.Features.Set(QueryDoor.Instance);
                return next(connection);
            });
        });
}
