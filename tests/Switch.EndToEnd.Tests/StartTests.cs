using System.Net;
using System.Net.Sockets;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Switch.Contracts.V1;
using Switch.Sandbox;
using Switch.Testing;

namespace Switch.EndToEnd.Tests;

/// <summary>
/// The service as a process: what it says when it can't start, and how it starts while Redis is down.
/// </summary>
public sealed class StartTests : IDisposable
{
    private readonly ServiceConfiguration _configuration = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _configuration.Dispose();

    [Fact]
    public async Task FaultsOfTheConfiguration_AreAllNamed_WithTheirPaths()
    {
        _configuration.Values.Remove("Switch:Acquirers:alpha:Endpoints:0");
        _configuration.Values.Remove("Switch:Acquirers:beta:Endpoints:0");
        await AssertRefusedAsync(
            ("Switch:Redsi:Configuration", "x", "Switch:Redsi: unknown key"),
            ("Switch:AllowPlaintext", "yes", "Switch:AllowPlaintext: \"yes\" is no boolean"),
            ("Switch:Limits:InFlightMax", "0", "Switch:Limits:InFlightMax:"),
            ("Switch:Deadlines:Default", "00:05:00", "Switch:Deadlines:Default:"),
            ("Switch:Listen:Terminals", "example.org:7400",
            "Switch:Listen:Terminals: \"example.org:7400\": expected host:port"),
            ("Switch:Listen:Management", "127.0.0.1:70000",
            "Switch:Listen:Management: \"127.0.0.1:70000\": the port is greater"),
            ("Switch:BusinessDay:TimeZone", "Mars/Olympus",
            "Switch:BusinessDay:TimeZone: \"Mars/Olympus\" is no time zone"),
            ("Switch:Telemetry:Reflection", "true", "Switch:Acquirers:"));
    }

    [Fact]
    public async Task FaultsOfTheKeyFileAndTheCodes_AreNamedTogether()
    {
        await File.WriteAllTextAsync(_configuration.PathOf("keys.json"),
            """{ "keys": [ { "id": "a", "purpose": "seal" } ] }""", Token);
        await File.WriteAllTextAsync(_configuration.PathOf("codes.json"), "{", Token);
        await AssertRefusedAsync(
            ("Switch:Files:Keys", _configuration.PathOf("keys.json"), "Switch:Files:Keys: " + _configuration.PathOf(
                "keys.json")),
            ("Switch:Files:ResponseCodes", _configuration.PathOf("codes.json"), "Switch:Files:ResponseCodes:"),
            ("Switch:Telemetry:Reflection", "true", "has no key with purpose 'identity'"));
    }

    [Fact]
    public async Task FaultsOfAcquirersCodes_AreNamedTogether() => await AssertRefusedAsync(
        ("Switch:Acquirers:alpha:ResponseCodes:N7", "5",
        "Switch:Acquirers:alpha:ResponseCodes:N7: \"5\" is not in the table of codes"),
        ("Switch:Acquirers:beta:ResponseCodes:N8", "Q9",
        "Switch:Acquirers:beta:ResponseCodes:N8: \"Q9\" is not in the table of codes"));

    [Fact]
    public async Task FaultsOfRoutesMerchantsCertificatesPortsAndKafka_AreNamedTogether()
    {
        var routes = await File.ReadAllTextAsync(_configuration.PathOf("routes.yaml"), Token);
        routes = routes.Replace("priority: [alpha, beta]", "priority: [alpha, gamma]", StringComparison.Ordinal);
        await File.WriteAllTextAsync(_configuration.PathOf("routes.yaml"), routes, Token);
        await File.WriteAllTextAsync(
            _configuration.PathOf("merchants.yaml"), "merchants:\n  - id: X\n    nmae: Y\n", Token);
        await File.WriteAllTextAsync(_configuration.PathOf("tls.crt"), "nothing", Token);
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        await AssertRefusedAsync(
            ("Switch:Listen:Management", taken.LocalEndpoint.ToString()!,
            "Switch:Listen:Management: can't listen on 127.0.0.1:"),
            ("Switch:Tls:CertificatePath", _configuration.PathOf("tls.crt"), "tls.crt holds no certificate"),
            ("Switch:Tls:KeyPath", _configuration.PathOf("tls.key"), "Switch:Tls:KeyPath: "),
            ("Switch:Kafka:Client:compression.type", "rar", "Switch:Kafka:Client:compression.type: "),
            ("Switch:Telemetry:Reflection", "true", "routes.yaml"),
            ("Switch:Telemetry:TraceRatio", "0.5", "gamma"),
            ("Switch:Files:Merchants", _configuration.PathOf("merchants.yaml"), "merchants.yaml: line 3"));
        Assert.False(File.Exists(_configuration.PathOf("journal.db")), "a start that fails makes no journal");
    }

    [Fact]
    public async Task StartedElsewhere_WritesItsLogsAsBefore_AndFindsItsFilesFromThere()
    {
        foreach (var key in (string[])["Journal:Path", "Files:Keys", "Files:Merchants", "Routes:File"])
            _configuration.Values[$"Switch:{key}"] = Path.GetFileName(_configuration.Values[$"Switch:{key}"]);
        await using var service = ProgramProcess.Start(
            "Switch.Service", [], _configuration.Values, _configuration.Folder);
        await service.SaysAsync("is up on");
        Assert.True(File.Exists(_configuration.PathOf("journal.db")), "the journal is in the working directory");
        await service.SignalAsync("TERM");
        Assert.Equal(0, await service.ExitAsync());

        var lines = service.Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.StartsWith("{\"", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task JournalHeldByAnotherProcess_IsRefused_AndTheHolderGoesOn()
    {
        await using var holder = _configuration.Start();
        var addresses = await ServiceConfiguration.AddressesAsync(holder, "is up on");
        await AssertRefusedAsync(("Switch:InstanceName", "second", _configuration.PathOf("journal.db")));

        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri($"{addresses[1]}/livez"), Token)).StatusCode);
        await holder.SignalAsync("TERM");
        Assert.Equal(0, await holder.ExitAsync());
    }

    [Fact]
    public async Task RedisDown_StartsUnready_RefusesQuickly_AndBecomesReadyWhenItAppears()
    {
        var port = LoopbackPort.Free();
        _configuration.Values["Switch:Redis:Configuration"] = $"127.0.0.1:{port}";
        await using var service = _configuration.Start();
        var addresses = await ServiceConfiguration.AddressesAsync(service, "is up on");
        using var http = new HttpClient();
        var ready = new Uri($"{addresses[1]}/readyz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync(ready, Token)).StatusCode);
        Assert.Equal(1, (await ProgramProcess.RunAsync("Switch.Service", ["healthcheck", ready.ToString()])).ExitCode);

        using var channel = GrpcChannel.ForAddress(addresses[0]);
        var client = new AuthorizationService.AuthorizationServiceClient(channel);
        await AssertRefusesQuicklyAsync(client);

        using var store = new EmbeddedStore(port);
        Assert.Equal(port, store.Port);
        await Eventually.TrueAsync(
            async () =>
                (await http.GetAsync(ready, Token)).IsSuccessStatusCode, "ready", TimeSpan.FromSeconds(30), Token);
        Assert.Equal(0, (await ProgramProcess.RunAsync("Switch.Service", ["healthcheck", ready.ToString()])).ExitCode);
        // Redis is there and no acquirer is: an answer, where there was a refusal.
        Assert.Equal("91", (await client.AuthorizeAsync(Payments.Purchase(), cancellationToken: Token)).ResponseCode);

        await service.SignalAsync("TERM");
        Assert.Equal(0, await service.ExitAsync());
        Assert.DoesNotContain("Unhandled exception", service.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "healthcheck", "http://127.0.0.1:1/readyz")]
    [InlineData(1, "healthcheck", "nonsense")]
    [InlineData(2, "healthcheck")]
    public async Task HealthCheck_OfNothing_Fails(int exitCode, params string[] arguments)
    {
        var (code, _, errors) = await ProgramProcess.RunAsync("Switch.Service", arguments);
        Assert.Equal(exitCode, code);
        Assert.NotEmpty(errors);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    private static async Task AssertRefusesQuicklyAsync(AuthorizationService.AuthorizationServiceClient client)
    {
        var fastest = TimeSpan.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            var started = TimeProvider.System.GetTimestamp();
            var error = await Assert.ThrowsAsync<RpcException>(
                async () => await client.AuthorizeAsync(Payments.Purchase(), cancellationToken: Token));
            var took = TimeProvider.System.GetElapsedTime(started);
            if (took < fastest) fastest = took;
            Assert.Equal(StatusCode.Unavailable, error.StatusCode);
            // Whether anything from before the start is open cannot be known without the store.
            Assert.Equal("NOT_READY", error.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason);
            Assert.NotNull(error.GetRpcStatus()!.GetDetail<RetryInfo>());
        }

        // The first calls pay for connections and code that runs for the first time.
        Assert.True(fastest < TimeSpan.FromMilliseconds(500), $"the fastest refusal took {fastest}");
    }

    private async Task AssertRefusedAsync(params (string Path, string Value, string Expected)[] faults)
    {
        foreach (var (path, value, _) in faults) _configuration.Values[path] = value;
        await using var service = _configuration.Start();
        Assert.Equal(1, await service.ExitAsync());
        Assert.StartsWith("Switch can't start: ", service.Errors, StringComparison.Ordinal);
        foreach (var (_, _, expected) in faults)
            Assert.True(
                service.Errors.Contains(expected, StringComparison.Ordinal), $"{expected} is not in {service.Errors}");
        Assert.DoesNotContain("   at ", service.Output + service.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("is ready on", service.Output, StringComparison.Ordinal);
    }
}
