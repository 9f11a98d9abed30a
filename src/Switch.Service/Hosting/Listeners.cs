using System.Net;
using System.Net.Sockets;
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
    /// <summary>
    /// Room on one connection for calls that are on their way to being turned away. At the in-flight bound alone
    /// HTTP/2 would let a client that has a single connection wait, unanswered, where it has to be told to come back.
    /// </summary>
    private const int RefusalsOfConnection = 1024;

    public static void Open(KestrelServerOptions kestrel, SwitchOptions options)
    {
        var services = kestrel.ApplicationServices;
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("Switch.Service.Listeners");

        var terminals = AddressOf(options.Listen.Terminals, options);
        var operations = AddressOf(options.Listen.Operations, options);
        if (options.Tls is null)
        {
            WarnOfPlaintext(logger, "the terminal API", terminals, options.Listen.Terminals, options);
            WarnOfPlaintext(logger, "the operations API", operations, options.Listen.Operations, options);
        }

        kestrel.AddServerHeader = false;
        // Counted for each listener, so that terminals can't lock out the probes.
        kestrel.Limits.MaxConcurrentConnections = options.Limits.ConnectionsMax;
        kestrel.Limits.Http2.MaxStreamsPerConnection = options.Limits.InFlightMax + RefusalsOfConnection;
        var hasTls = options.Tls is not null;
        Open(kestrel, terminals, HttpProtocols.Http2, Listener.Terminals, hasTls);
        Open(kestrel, ListenAddress.Of(options.Listen.Management), HttpProtocols.Http1, Listener.Management, false);
        // On loopback it stays plain: who is on the machine, or tunnels to it, has no certificate at hand.
        Open(kestrel, operations, HttpProtocols.Http2, Listener.Operations, hasTls && !operations.IsLoopback);
    }

    /// <summary>
    /// Tries every address, before anything is started: the server's own complaint names no key of the configuration
    /// and comes when half of the service is up.
    /// </summary>
    /// <exception cref="InvalidConfigurationException">An address is taken, or is not one of this machine.</exception>
    public static void CheckFree(SwitchOptions options)
    {
        var faults = new List<string>();
        CheckFree(AddressOf(options.Listen.Terminals, options), nameof(ListenerOptions.Terminals), faults);
        CheckFree(ListenAddress.Of(options.Listen.Management), nameof(ListenerOptions.Management), faults);
        CheckFree(AddressOf(options.Listen.Operations, options), nameof(ListenerOptions.Operations), faults);
        if (faults.Count > 0) throw new InvalidConfigurationException(faults);
    }

    /// <summary>
    /// Where what moves money is served, terminals and operations alike: without TLS on loopback only, unless plaintext
    /// is allowed in so many words.
    /// </summary>
    private static ListenAddress AddressOf(string configured, SwitchOptions options)
    {
        var address = ListenAddress.Of(configured);
        return options.Tls is not null || options.AllowPlaintext || address.IsLoopback
            ? address
            : address with { Address = IPAddress.Loopback };
    }

    /// <summary>Keeps every endpoint behind its own doors: asked for elsewhere, it does not exist.</summary>
    public static Task Guard(HttpContext context, RequestDelegate next)
    {
        var endpoint = context.GetEndpoint()?.Metadata.GetMetadata<ServedOn>();
        var door = context.Features.Get<ServedOn>();
        if (endpoint is null || (door is not null && endpoint.Listeners.Contains(door.Listeners[0])))
            return next(context);
        context.SetEndpoint(null);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static void Open(
        KestrelServerOptions kestrel, ListenAddress address, HttpProtocols protocols, Listener listener, bool hasTls) =>
        kestrel.Listen(address.Address, address.Port, listen =>
        {
            listen.Protocols = protocols;
            Mark(listen, listener);
            if (!hasTls) return;
            var services = kestrel.ApplicationServices;
            // Asked for at the first handshake: this runs while the service is put together, too early to read files.
            listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                OnConnection = _ => ValueTask.FromResult(services.GetRequiredService<TlsCertificates>().Current),
            });
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

    private static void WarnOfPlaintext(
        ILogger logger, string api, ListenAddress address, string configured, SwitchOptions options) =>
        Log.PlaintextListener(logger, api, address.ToString(), WhyThere(configured, options));

    private static string WhyThere(string configured, SwitchOptions options) =>
        ListenAddress.Of(configured).IsLoopback ? "as configured"
        : options.AllowPlaintext ? "Switch:AllowPlaintext is set"
        : $"on loopback only, not on {configured} as configured: Switch:AllowPlaintext is not set";

    private static void CheckFree(ListenAddress address, string key, List<string> faults)
    {
        if (address.Port == 0) return;
        try
        {
            using var socket = new Socket(address.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (address.Address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            socket.Bind(new IPEndPoint(address.Address, address.Port));
        }
        catch (SocketException e)
        {
            faults.Add($"{SwitchOptions.Section}:Listen:{key}: can't listen on {address}: {e.Message}");
        }
    }
}
