using System.Globalization;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Options;
using Switch.Contracts.V1;
using Switch.Service.Hosting;
using Switch.Settlement.Store;
using Switch.Simulator;

namespace Switch.Sandbox;

/// <summary>What one call of the program does.</summary>
internal sealed class SandboxRun
{
    private const string Topic = "payments.transaction.v1";
    private readonly SandboxOptions _options;
    private readonly TextWriter _output;
    private readonly TimeProvider _time;

    public SandboxRun(SandboxOptions options, TextWriter output, TimeProvider time)
    {
        _options = options;
        _output = output;
        _time = time;
    }

    /// <summary>Whether the message alone tells the user what to mend.</summary>
    public static bool IsFaultOfSetup(Exception exception) =>
        exception is InvalidDataException or IOException or TimeoutException or ScenarioException
        || exception is StoreRefusedException or OptionsValidationException || SwitchHost.IsFaultOfSetup(exception);

    /// <summary>Whether the user stopped it: a call that was cut off shows as an RpcException.</summary>
    public static bool IsInterruption(Exception exception, CancellationToken interrupted) =>
        interrupted.IsCancellationRequested
        && exception is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled };

    /// <summary>
    /// The exit status: 0, or 1 when an answer has not exactly one event, or the books do not agree with the acquirers.
    /// </summary>
    public async Task<int> RunAsync(CancellationToken interrupted)
    {
        switch (_options.Mode)
        {
            case SandboxMode.Help:
                await _output.WriteLineAsync(SandboxOptions.Usage);
                return 0;
            case SandboxMode.StoreOnly:
                using (var store = new EmbeddedStore(7379)) await StayUpAsync(
                    $"store (Redis protocol) on {store.Address}", interrupted);
                return 0;
            case SandboxMode.BrokerOnly:
                using (var broker = new EmbeddedBroker()) await StayUpAsync(
                    $"broker (Kafka protocol) on {broker.Address}", interrupted);
                return 0;
            case SandboxMode.Send:
                return await SendAsync(interrupted);
            default:
                return await DemonstrateAsync(interrupted);
        }
    }

    private async Task<int> DemonstrateAsync(CancellationToken interrupted)
    {
        var settings = new SandboxSettings { PreferFixedPorts = _options.Mode == SandboxMode.Stay };
        await _output.WriteLineAsync("Starting store, broker, two acquirer hosts, the switch and settlement ...");
        await using var sandbox = await SandboxHost.StartAsync(settings, interrupted);
        await using var settlement = await SandboxSettlement.StartAsync(
            sandbox, settings.PreferFixedPorts, _time, interrupted);
        var report = new Report(_output);
        report.Line("Sending the requests under samples/requests through the public gRPC API:");
        var results = await new Demonstration(sandbox, Samples.Find(), _time).RunAsync(interrupted);
        report.Results(results);

        DemonstrationSummary summary;
        using (var tail = new EventTail(sandbox.Broker, Topic, _time)) summary = DemonstrationSummary.Of(results, tail);
        report.Line(
            $"{summary.Events} events were read back from Kafka; "
            + $"answers without exactly one event: {summary.Unmatched}.");
        var day = await settlement.SettleAsync(sandbox, interrupted);
        summary = summary.With(day);
        report.Settled(day);
        if (_options.Mode == SandboxMode.Stay) await ExplainAndStayAsync(sandbox, settlement, interrupted);
        await settlement.DisposeAsync();
        await sandbox.DisposeAsync();
        await _output.WriteLineAsync(_options.Mode == SandboxMode.Stay ? "Stopped." : summary.ToJson());
        return summary.IsWhole ? 0 : 1;
    }

    private async Task ExplainAndStayAsync(
        SandboxHost sandbox, SandboxSettlement settlement, CancellationToken interrupted)
    {
        var terminals = new Uri(sandbox.Terminals).Authority;
        var address = sandbox.Terminals == SandboxOptions.DefaultAddress ? "" : $" --address {sandbox.Terminals}";
        const string Authorize = "cardswitch.v1.AuthorizationService/Authorize";
        await StayUpAsync(
            $"""

            Up and running:
              terminal API (gRPC)       {terminals}
              operations API (gRPC)     {new Uri(sandbox.Operations).Authority}
              probes and metrics        {sandbox.Management}/livez  /readyz  /metrics
              records (gRPC, JSON)      {new Uri(settlement.Grpc).Authority}, {settlement.Json}
              store (Redis protocol)    {sandbox.Store}
              broker (Kafka protocol)   {sandbox.Broker}
              acquirers (ISO 8583)      alpha {sandbox.Alpha.EndPoint}, beta {sandbox.Beta.EndPoint}

            Files of the close (statements, clearing, payouts, journal) are in {settlement.Files}

            Four things to try:
              grpcurl -plaintext -d @ {terminals} {Authorize} < samples/requests/01-visa-chip-purchase.json
              kcat -b {sandbox.Broker} -t {Topic} -C -o beginning -e -f '%k %h\n'
              curl {sandbox.Management}/metrics
              curl '{settlement.Json}{PaymentsOfToday()}'
            Or edit a file under samples/requests, give it another idempotencyKey, and send it again:
              dotnet run --project src/Switch.Sandbox -- send samples/requests/02-mastercard-contactless.json{address}
            """,
            interrupted);
    }

    // By when they were accepted; the day before too, for whoever starts it just before midnight.
    private string PaymentsOfToday()
    {
        var today = _time.GetUtcNow().UtcDateTime.Date;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"/v1/payments?terminal.terminalId=BK000001&terminal.from={today.AddDays(-1):yyyy-MM-dd}T00:00:00Z"
            + $"&terminal.to={today.AddDays(2):yyyy-MM-dd}T00:00:00Z");
    }

    private async Task StayUpAsync(string what, CancellationToken interrupted)
    {
        await _output.WriteLineAsync(what);
        await _output.WriteLineAsync("Ctrl-C stops everything.");
        await Task.Delay(Timeout.InfiniteTimeSpan, _time, interrupted).ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<int> SendAsync(CancellationToken interrupted)
    {
        var requests = _options.Files.Select(file => (File: file, Request: Samples.ReadRequest(file))).ToList();
        using var channel = GrpcChannel.ForAddress(_options.Address);
        var client = new AuthorizationService.AuthorizationServiceClient(channel);
        var results = new List<DemonstrationResult>();
        foreach (var (file, request) in requests)
        {
            var step = new DemonstrationStep(Path.GetFileNameWithoutExtension(file), "sent by you");
            results.Add(await Demonstration.SendAsync(client, step, request, interrupted));
        }

        new Report(_output).Results(results);
        if (results.TrueForAll(
            result => result.Error is { StatusCode: StatusCode.Unavailable } error && error.GetRpcStatus() is null))
        {
            await _output.WriteLineAsync(
                $"Nobody answers at {_options.Address}. Start the sandbox first, "
                + "or name its terminal API with --address URL.");
        }

        return results.TrueForAll(result => result.Answer is not null) ? 0 : 1;
    }
}
