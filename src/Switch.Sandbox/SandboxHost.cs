using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Switch.Iso8583;
using Switch.Service.Hosting;
using Switch.Simulator;

namespace Switch.Sandbox;

/// <summary>
/// Everything the switch needs, in this process: store, broker, two acquirer hosts over TCP, and the switch itself,
/// configured as a real one is. Tests use it too, so that what they show is what a user runs.
/// </summary>
public sealed class SandboxHost : IAsyncDisposable
{
    private const int StorePort = 7379;
    private const int AlphaPort = 7501;
    private const int BetaPort = 7502;
    private const int TerminalsPort = 7400;
    private const int ManagementPort = 7401;
    private const int OperationsPort = 7402;

    private readonly SandboxSettings _settings;
    private readonly SandboxState _state;
    private readonly EmbeddedStore? _store;
    private readonly EmbeddedBroker? _broker;
    private WebApplication? _switch;
    private Task? _stopping;
    private string[] _addresses = [];
    private bool _isDisposed;

    private SandboxHost(SandboxSettings settings, AcquirerHost alpha, AcquirerHost beta)
    {
        _settings = settings;
        _state = new SandboxState(settings.StateFolder);
        _store = settings.Redis is null ? new EmbeddedStore(Prefer(StorePort)) : null;
        _broker = settings.Kafka is null ? new EmbeddedBroker() : null;
        Alpha = alpha;
        Beta = beta;
    }

    /// <summary>The acquirer host "alpha": ASCII dialect.</summary>
    public AcquirerHost Alpha { get; }

    /// <summary>The acquirer host "beta": binary dialect.</summary>
    public AcquirerHost Beta { get; }

    /// <summary>Where terminals connect, as a URL.</summary>
    public string Terminals => _addresses[0];

    /// <summary>Probes and metrics, as a URL.</summary>
    public string Management => _addresses[1];

    /// <summary>gRPC health and the operations API, as a URL.</summary>
    public string Operations => _addresses[2];

    /// <summary>The store, as host:port.</summary>
    public string Store => _settings.Redis ?? _store!.Address;

    /// <summary>The broker, as host:port.</summary>
    public string Broker => _settings.Kafka ?? _broker!.Address;

    /// <summary>The folder with keys and journal.</summary>
    public string StateFolder => _state.Folder;

    /// <summary>Services inside the running switch, for tests.</summary>
    public IServiceProvider SwitchServices => _switch!.Services;

    /// <summary>
    /// Starts everything; when it returns the switch takes payments and both links were told to connect.
    /// </summary>
    public static async Task<SandboxHost> StartAsync(
        SandboxSettings settings, CancellationToken cancellationToken = default)
    {
        var samples = Samples.Find();
        var alpha = await StartHostAsync("alpha", "iso1987-ascii", AlphaPort, settings, samples, cancellationToken);
        var beta = await StartHostAsync("beta", "iso1987-binary", BetaPort, settings, samples, cancellationToken);
        var host = new SandboxHost(settings, alpha, beta);
        try
        {
            await host.StartSwitchAsync(cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the switch on the state that is there; for tests that stop it first.</summary>
    public async Task StartSwitchAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await StartSwitchAsync(_settings.PreferFixedPorts, cancellationToken);
        }
        catch (Exception e) when (_settings.PreferFixedPorts && SwitchHost.IsFaultOfSetup(e))
        {
            // Most likely another sandbox took a port between finding it free and listening on it; anything else fails
            // again.
            await StartSwitchAsync(false, cancellationToken);
        }
    }

    /// <summary>
    /// Drains and stops the switch; the rest stays up. Asked again while it does, waits for the same end.
    /// </summary>
    public Task StopSwitchAsync() => _switch is { } app ? _stopping ??= StopAsync(app) : Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        await StopSwitchAsync();
        await Alpha.DisposeAsync();
        await Beta.DisposeAsync();
        _broker?.Dispose();
        _store?.Dispose();
        _state.Dispose();
    }

    private async Task StartSwitchAsync(bool preferFixedPorts, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { Args = [], EnvironmentName = "Sandbox" });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(Configuration(preferFixedPorts));
        builder.Logging.ClearProviders();
        if (_settings.Logging is { } logging) logging(builder.Logging);
        else builder.Logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Error);

        var app = SwitchHost.Build(builder, _settings.Replace);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        _switch = app;
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        _addresses = [.. addresses];
    }

    private async Task StopAsync(WebApplication app)
    {
        await app.StopAsync();
        await app.DisposeAsync();
        _switch = null;
        _stopping = null;
    }

    private static async Task<AcquirerHost> StartHostAsync(
        string name, string dialect, int port, SandboxSettings settings, Samples samples,
        CancellationToken cancellationToken)
    {
        AcquirerHostOptions OptionsAt(int at) => new()
        {
            Name = name,
            Port = at,
            Dialect = IsoDialect.Resolve(dialect),
            Scenario = Scenario.Load(samples.PathOf($"scenarios/{name}.yaml")),
        };
        try
        {
            return await AcquirerHost.StartAsync(OptionsAt(settings.PreferFixedPorts ? port : 0), cancellationToken);
        }
        catch (SocketException) when (settings.PreferFixedPorts)
        {
            return await AcquirerHost.StartAsync(OptionsAt(0), cancellationToken);
        }
    }

    private int Prefer(int port) => _settings.PreferFixedPorts ? port : 0;

    private Dictionary<string, string?> Configuration(bool preferFixedPorts)
    {
        var samples = Samples.Find();
        var configuration = new Dictionary<string, string?>
        {
            ["Switch:InstanceName"] = "sandbox",
            ["Switch:Listen:Terminals"] = LoopbackPort.Address(TerminalsPort, preferFixedPorts),
            ["Switch:Listen:Management"] = LoopbackPort.Address(ManagementPort, preferFixedPorts),
            ["Switch:Listen:Operations"] = LoopbackPort.Address(OperationsPort, preferFixedPorts),
            ["Switch:Redis:Configuration"] = Store,
            ["Switch:Kafka:BootstrapServers"] = Broker,
            ["Switch:Journal:Path"] = _state.JournalPath,
            ["Switch:Files:Keys"] = _state.KeysPath,
            ["Switch:Routes:File"] = samples.PathOf("routes.yaml"),
            ["Switch:Files:Merchants"] = samples.PathOf("merchants.yaml"),
            ["Switch:Shutdown:DrainDelay"] = "00:00:00",
            ["Switch:Shutdown:Grace"] = "00:00:10",
            ["Switch:Telemetry:Reflection"] = "true",
        };
        // A store of the sandbox's own begins empty, and no other switch has anything to put back into it.
        if (_store is not null) configuration["Switch:Redis:PeerWait"] = "00:00:00";
        AddAcquirer(configuration, Alpha, "iso1987-ascii");
        AddAcquirer(configuration, Beta, "iso1987-binary");
        foreach (var (path, value) in _settings.Configuration) configuration[path] = value;
        return configuration;
    }

    private static void AddAcquirer(Dictionary<string, string?> configuration, AcquirerHost host, string dialect)
    {
        var path = $"Switch:Acquirers:{host.Name}";
        configuration[$"{path}:Endpoints:0"] = $"127.0.0.1:{host.EndPoint.Port}";
        configuration[$"{path}:Dialect"] = dialect;
        configuration[$"{path}:AcquiringInstitutionId"] = "123456";
        configuration[$"{path}:ReplyTimeout"] = "00:00:02";
        configuration[$"{path}:ReconnectMax"] = "00:00:01";
    }
}
