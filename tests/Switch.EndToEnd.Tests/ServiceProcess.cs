using System.Net;
using Grpc.Net.Client;
using Switch.Contracts.V1;
using Switch.Iso8583;
using Switch.Sandbox;
using Switch.Simulator;
using Switch.Testing;

namespace Switch.EndToEnd.Tests;

/// <summary>
/// The service as a process that can be killed at any moment and started again on the same journal, with a store, a
/// broker and acquirer hosts that outlive it.
/// </summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private const string Topic = "payments.transaction.v1";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ServiceConfiguration _configuration = new();
    private readonly EmbeddedBroker _broker = new();
    private readonly List<GrpcChannel> _channels = [];
    private ProgramProcess? _process;
    private string[] _addresses = [];

    private ServiceProcess(AcquirerHost alpha, AcquirerHost beta)
    {
        Alpha = alpha;
        Beta = beta;
    }

    public AcquirerHost Alpha { get; }

    public AcquirerHost Beta { get; }

    public string JournalPath => _configuration.PathOf("journal.db");

    public AuthorizationService.AuthorizationServiceClient Client
    {
        get
        {
            var channel = GrpcChannel.ForAddress(_addresses[0]);
            _channels.Add(channel);
            return new AuthorizationService.AuthorizationServiceClient(channel);
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Makes everything but the process.</summary>
    /// <param name="redis">The store.</param>
    /// <param name="configuration">More of it.</param>
    public static async Task<ServiceProcess> CreateAsync(
        string redis, params (string Path, string? Value)[] configuration)
    {
        var test = new ServiceProcess(
            await HostAsync("alpha", "iso1987-ascii"), await HostAsync("beta", "iso1987-binary"));
        var values = test._configuration.Values;
        values["Switch:Redis:Configuration"] = redis;
        values["Switch:Redis:PeerWait"] = "00:00:00";
        values["Switch:Kafka:BootstrapServers"] = test._broker.Address;
        values["Switch:Recovery:SweepInterval"] = "00:00:00.200";
        foreach (var host in (AcquirerHost[])[test.Alpha, test.Beta])
        {
            values[$"Switch:Acquirers:{host.Name}:Endpoints:0"] = $"127.0.0.1:{host.EndPoint.Port}";
            values[$"Switch:Acquirers:{host.Name}:AcquiringInstitutionId"] = "123456";
            values[$"Switch:Acquirers:{host.Name}:ReplyTimeout"] = "00:00:20";
        }

        values["Switch:Acquirers:beta:Dialect"] = "iso1987-binary";
        foreach (var (path, value) in configuration) values[path] = value;
        return test;
    }

    /// <summary>Starts the process and waits until it is ready and its first link up.</summary>
    public async Task StartAsync()
    {
        _process = _configuration.Start();
        _addresses = await ServiceConfiguration.AddressesAsync(_process);
        using var operations = GrpcChannel.ForAddress(_addresses[2]);
        await new LinkWatch(new OperationsService.OperationsServiceClient(operations), TimeProvider.System)
            .WaitUntilAsync(true, "alpha", Token);
    }

    /// <summary>Ends the process at once, wherever it is (SIGKILL).</summary>
    public async Task KillAsync()
    {
        await _process!.SignalAsync("KILL");
        await _process.ExitAsync();
        await _process.DisposeAsync();
        _process = null;
    }

    /// <summary>Sends a signal.</summary>
    public Task SignalAsync(string signal) => _process!.SignalAsync(signal);

    /// <summary>Ends it in good order.</summary>
    public async Task StopAsync()
    {
        await SignalAsync("TERM");
        await _process!.ExitAsync();
    }

    public async Task<HttpStatusCode> ReadinessAsync()
    {
        using var client = new HttpClient();
        using var response = await client.GetAsync(new Uri($"{_addresses[1]}/readyz"), Token);
        return response.StatusCode;
    }

    /// <summary>Begins an authorization whose caller may never hear of it.</summary>
    public Task<AuthorizeResponse> Begin(AuthorizeRequest request)
    {
        var call = Client.AuthorizeAsync(
            request, deadline: TimeProvider.System.GetUtcNow().UtcDateTime + Patience, cancellationToken: Token);
        return call.ResponseAsync;
    }

    /// <summary>Waits until alpha has that many entries.</summary>
    public Task AtAlphaAsync(int entries) => Eventually.TrueAsync(
        () => Alpha.Ledger.Count >= entries, "it is at alpha", Patience, Token);

    /// <summary>Every event of the transaction, once those types are told.</summary>
    public Task<IReadOnlyList<TransactionEvent>> EventsAsync(string transactionId, params string[] types) =>
        Task.Run<IReadOnlyList<TransactionEvent>>(() =>
        {
            using var tail = new EventTail(_broker.Address, Topic, TimeProvider.System);
            var ids = types.Select(type => $"{transactionId}.{type}").ToHashSet(StringComparer.Ordinal);
            return [.. tail.ReadUntil(ids, Patience).Where(e => e.TransactionId == transactionId)];
        });

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _channels) channel.Dispose();
        if (_process is not null) await _process.DisposeAsync();
        await Alpha.DisposeAsync();
        await Beta.DisposeAsync();
        _broker.Dispose();
        _configuration.Dispose();
    }

    private static Task<AcquirerHost> HostAsync(string name, string dialect) => AcquirerHost.StartAsync(
        new AcquirerHostOptions { Name = name, Port = 0, Dialect = IsoDialect.Resolve(dialect) }, Token);
}
