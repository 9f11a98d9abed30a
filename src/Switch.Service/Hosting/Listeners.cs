using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Switch.Service.Hosting;

/// <summary>The three doors of the service.</summary>
internal enum Listener
{
    /// <summary>The terminal API.</summary>
    Terminals,

    /// <summary>Probes and metrics over HTTP/1.1.</summary>
    Management,

    /// <summary>gRPC health and the operations API.</summary>
    Operations,
}

/// <summary>On an endpoint: the doors it may be reached through. On a connection: the door it came in by.</summary>
internal sealed record ServedOn(params Listener[] Listeners);

/// <summary>
/// Opens the doors. Plaintext HTTP can't negotiate its version, which is why probes (HTTP/1.1) and gRPC health
/// (HTTP/2) have a port each.
/// </summary>
internal static class Listeners
{
    public static void Open(KestrelServerOptions kestrel, SwitchOptions options)
    {
        var services = kestrel.ApplicationServices;
        var tls = services.GetService<TlsCertificates>();
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Switch.Service.Listeners");

        var terminals = Parse(options.Listen.Terminals, "Terminals");
        if (tls is null)
        {
            if (!terminals.IsLoopback && !options.AllowPlaintext)
                terminals = terminals with { Address = IPAddress.Loopback };
            Log.PlaintextListener(logger, $"{terminals.Address}:{terminals.Port}");
        }

        kestrel.AddServerHeader = false;
        kestrel.Limits.Http2.MaxStreamsPerConnection = options.Limits.InFlightMax;
        kestrel.Listen(terminals.Address, terminals.Port, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            Mark(listen, Listener.Terminals);
            if (tls is not null)
                listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(tls.Current) });
        });
        Open(kestrel, Parse(options.Listen.Management, "Management"), HttpProtocols.Http1, Listener.Management);
        Open(kestrel, Parse(options.Listen.Operations, "Operations"), HttpProtocols.Http2, Listener.Operations);
    }

    /// <summary>Keeps every endpoint behind its own doors: asked for elsewhere, it does not exist.</summary>
    public static Task Guard(HttpContext context, RequestDelegate next)
    {
        var endpoint = context.GetEndpoint()?.Metadata.GetMetadata<ServedOn>();
        var door = context.Features.Get<ServedOn>();
        if (endpoint is null || (door is not null && endpoint.Listeners.Contains(door.Listeners[0]))) return next(context);
        context.SetEndpoint(null);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static void Open(KestrelServerOptions kestrel, ListenAddress address, HttpProtocols protocols, Listener listener) =>
        kestrel.Listen(address.Address, address.Port, listen =>
        {
            listen.Protocols = protocols;
            Mark(listen, listener);
        });

    private static void Mark(ListenOptions listen, Listener listener)
    {
        var door = new ServedOn(listener);
        listen.Use(next => connection =>
        {
            connection.Features.Set(door);
            return next(connection);
        });
    }

    private static ListenAddress Parse(string text, string key) =>
        ListenAddress.TryParse(text, out var address, out var fault)
            ? address
            : throw new InvalidConfigurationException([$"{SwitchOptions.Section}:Listen:{key}: \"{text}\": {fault}"]);
}
