using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Switch.Contracts.V1;
using Switch.Routing;
using Switch.Sandbox;
using Switch.Service.Acquirers;
using Switch.Service.Journal;
using Switch.Testing;

namespace Switch.EndToEnd.Tests;

/// <summary>
/// The sandbox as a test drives it: real store, broker, acquirer hosts and switch on free loopback ports, and clients
/// for them. What the switch logs is kept, so that a test can hold it to its word.
/// </summary>
public sealed class SwitchUnderTest : IAsyncDisposable
{
    private readonly List<GrpcChannel> _channels = [];
    private string? _ownFolder;

    private SwitchUnderTest(SandboxHost sandbox, LogCapture log)
    {
        Sandbox = sandbox;
        Log = log;
    }

    public SandboxHost Sandbox { get; }

    public LogCapture Log { get; }

    public AuthorizationService.AuthorizationServiceClient Client => new(Channel(Sandbox.Terminals));

    public OperationsService.OperationsServiceClient Operations => new(Channel(Sandbox.Operations));

    internal SqliteJournal Journal => Sandbox.SwitchServices.GetRequiredService<SqliteJournal>();

    /// <summary>Starts everything and waits until both acquirers take requests.</summary>
    public static async Task<SwitchUnderTest> StartAsync(params (string Path, string? Value)[] configuration)
    {
        var log = new LogCapture();
        var settings = new SandboxSettings
        {
            PreferFixedPorts = false,
            Logging = logging => logging.AddProvider(log).SetMinimumLevel(LogLevel.Trace),
            Configuration = Configured(configuration),
        };
        return await StartAsync(settings, log);
    }

    /// <summary>
    /// A configuration in which alpha is always asked before beta, and no other instance is waited for.
    /// </summary>
    public static Dictionary<string, string?> Configured(params (string Path, string? Value)[] configuration)
    {
        var all = new Dictionary<string, string?>
        {
            ["Switch:Routes:File"] = Path.Combine(AppContext.BaseDirectory, "routes.yaml"),
            ["Switch:Redis:PeerWait"] = "00:00:00",
        };
        foreach (var (path, value) in configuration) all[path] = value;
        return all;
    }

    public static async Task<SwitchUnderTest> StartAsync(SandboxSettings settings, LogCapture log)
    {
        var sandbox = await SandboxHost.StartAsync(settings, TestContext.Current.CancellationToken);
        var test = new SwitchUnderTest(sandbox, log);
        await test.LinkAsync("alpha", up: true);
        await test.LinkAsync("beta", up: true);
        return test;
    }

    /// <summary>Waits until an acquirer's link is up, or not.</summary>
    public Task LinkAsync(string acquirer, bool up) =>
        new LinkWatch(Operations, TimeProvider.System).WaitUntilAsync(
            up, acquirer, TestContext.Current.CancellationToken);

    /// <summary>What the router sees of an acquirer.</summary>
    internal CandidateStatus StatusOf(string acquirer)
    {
        var acquirers = Sandbox.SwitchServices.GetRequiredService<AcquirerSet>();
        return acquirers[acquirers.Names.ToList().IndexOf(acquirer)].Status;
    }

    /// <summary>Waits until that many attempts are without an outcome.</summary>
    public Task OpenIntentsAsync(int count) =>
        Eventually.TrueAsync(
            () => Journal.OpenIntents == count, $"{count} open intents",
            cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Sends one authorization.</summary>
    public async Task<AuthorizeResponse> AuthorizeAsync(AuthorizeRequest request, TimeSpan? deadline = null) =>
        await Client.AuthorizeAsync(
            request, deadline: TimeProvider.System.GetUtcNow().UtcDateTime + (deadline ?? TimeSpan.FromSeconds(15)),
            cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Sends one authorization that has to be refused, and gives status and reason.</summary>
    public async Task<(StatusCode Code, string Reason, RpcException Error)> RefusedAsync(AuthorizeRequest request)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => AuthorizeAsync(request));
        return (error.StatusCode, error.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason ?? "", error);
    }

    /// <summary>The events of one transaction, once all of those types are on Kafka.</summary>
    public Task<IReadOnlyList<TransactionEvent>> EventsAsync(string transactionId, params string[] types) =>
        Task.Run(() => Events(transactionId, types));

    private IReadOnlyList<TransactionEvent> Events(string transactionId, string[] types)
    {
        using var tail = new EventTail(Sandbox.Broker, "payments.transaction.v1", TimeProvider.System);
        var ids = types.Select(type => $"{transactionId}.{type}").ToHashSet(StringComparer.Ordinal);
        var all = tail.ReadUntil(ids, TimeSpan.FromSeconds(20));
        return [.. all.Where(e => e.TransactionId == transactionId)];
    }

    /// <summary>
    /// Starts an instance beside this one: same store, broker, acquirers and keys, a journal of its own.
    /// </summary>
    public async Task<SwitchUnderTest> StartSecondAsync(params (string Path, string? Value)[] configuration)
    {
        var folder = Directory.CreateTempSubdirectory("switch-second-").FullName;
        File.Copy(Path.Combine(Sandbox.StateFolder, "keys.json"), Path.Combine(folder, "keys.json"));
        var settings = new SandboxSettings
        {
            PreferFixedPorts = false,
            Redis = Sandbox.Store,
            Kafka = Sandbox.Broker,
            StateFolder = folder,
            Logging = static _ => { },
            Configuration = Configured(
            [
                ("Switch:InstanceName", "second"),
                ("Switch:Acquirers:alpha:Endpoints:0", Sandbox.Alpha.EndPoint.ToString()),
                ("Switch:Acquirers:beta:Endpoints:0", Sandbox.Beta.EndPoint.ToString()),
                .. configuration,
            ]),
        };
        var second = await StartAsync(settings, new LogCapture());
        second._ownFolder = folder;
        return second;
    }

    public GrpcChannel Channel(string address)
    {
        var channel = GrpcChannel.ForAddress(address);
        _channels.Add(channel);
        return channel;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _channels) channel.Dispose();
        await Sandbox.DisposeAsync();
        if (_ownFolder is not null) Directory.Delete(_ownFolder, recursive: true);
    }
}
