using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Switch.Settlement.Consuming;
using Switch.Settlement.Days;
using Switch.Settlement.Files;
using Switch.Settlement.Hosting;
using Switch.Settlement.Reconciliation;
using Switch.Settlement.Store;
using Switch.Settlement.Terms;
using Switch.Simulator;

namespace Switch.Sandbox;

/// <summary>
/// Settlement in this process, on a SQLite file in the state folder: it consumes while the demonstration runs, closes
/// the
/// day after it, and compares its books with the acquirers' files.
/// </summary>
internal sealed class SandboxSettlement : IAsyncDisposable
{
    private const int GrpcPort = 7310;
    private const int JsonPort = 7311;
    private const string ClosedBy = "sandbox";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly WebApplication _app;
    private readonly SettlementOptions _options;
    private readonly SettlementDatabase _database;
    private readonly SettlementTerms _terms;
    private readonly BusinessDay _day;
    private readonly string _folder;
    private readonly TimeProvider _time;

    private SandboxSettlement(
        WebApplication app, SettlementOptions options, SettlementDatabase database, SettlementTerms terms,
        string folder,
        TimeProvider time)
    {
        _app = app;
        _options = options;
        _database = database;
        _terms = terms;
        _day = options.BusinessDay.Of(time);
        _folder = folder;
        _time = time;
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Grpc = addresses.First();
        Json = addresses.Last();
    }

    /// <summary>The query API over gRPC, as a URL.</summary>
    public string Grpc { get; }

    /// <summary>The same as JSON.</summary>
    public string Json { get; }

    /// <summary>The books, as the command line takes them.</summary>
    public string Database => _options.Database;

    /// <summary>Where the files of the close are.</summary>
    public string Files => _folder;

    /// <summary>Starts it beside a sandbox that runs.</summary>
    public static async Task<SandboxSettlement> StartAsync(
        SandboxHost sandbox, bool preferFixedPorts, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return await StartOnAsync(sandbox, preferFixedPorts, time, cancellationToken);
        }
        catch (IOException) when (preferFixedPorts)
        {
            // Most likely another sandbox took a port between finding it free and listening on it; anything else fails
            // again.
            return await StartOnAsync(sandbox, false, time, cancellationToken);
        }
    }

    private static async Task<SandboxSettlement> StartOnAsync(
        SandboxHost sandbox, bool preferFixedPorts, TimeProvider time, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.Combine(sandbox.StateFolder, "settlement")).FullName;
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { Args = [], EnvironmentName = "Sandbox" });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Settlement:Database"] = $"sqlite:{Path.Combine(folder, "settlement.db")}",
            ["Settlement:Terms"] = Samples.Find().PathOf("settlement.yaml"),
            ["Settlement:Kafka:BootstrapServers"] = sandbox.Broker,
            ["Settlement:Query:Grpc"] = LoopbackPort.Address(GrpcPort, preferFixedPorts),
            ["Settlement:Query:Json"] = LoopbackPort.Address(JsonPort, preferFixedPorts),
        });
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(static console => console.SingleLine = true).SetMinimumLevel(LogLevel.Error);
        var options = SettlementHost.OptionsOf(builder.Configuration);
        var terms = SettlementHost.TermsOf(options.Terms);
        var database = SettlementDatabase.Open(options.Database);
        var app = SettlementHost.Build(builder, options, terms, database, time);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            database.Dispose();
            throw;
        }

        return new SandboxSettlement(app, options, database, terms, folder, time);
    }

    /// <summary>
    /// Waits until everything on Kafka is in the books, closes the business day and compares it with the file of each
    /// acquirer, made from the ledger of its host.
    /// </summary>
    /// <exception cref="TimeoutException">The books did not catch up.</exception>
    public async Task<SettledDay> SettleAsync(SandboxHost sandbox, CancellationToken cancellationToken)
    {
        await CatchUpAsync(cancellationToken);
        var date = _day.Today;
        var close = new DayCloser(_database, _terms, _day).Close(date, ClosedBy);
        if (close.Refusal is { } why)
            throw new InvalidDataException($"settlement did not close {date:yyyy-MM-dd}: {why}");
        var files = new ClosedDayFiles(_database, _terms);
        var written = files.WriteAll(date, _folder);
        if (written.Faults.Count > 0) throw new InvalidDataException(string.Join('\n', written.Faults));
        foreach (var host in (AcquirerHost[])[sandbox.Alpha, sandbox.Beta]) Reconcile(host, date);
        return SettledDay.Read(_database, _day, files, date);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _database.Dispose();
    }

    private async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        while (TopicLag.Of(_database, _options.Kafka) is { } behind)
        {
            if (_time.GetElapsedTime(started) > Patience) throw new TimeoutException($"settlement is behind: {behind}");
            await Task.Delay(Poll, _time, cancellationToken);
        }
    }

    private void Reconcile(AcquirerHost host, DateOnly date)
    {
        var path = Path.Combine(_folder, $"from-{host.Name}.csv");
        AtomicFile.Write(path, stream => AcquirerFile.Write(
            host.Ledger.Entries(), host.Name, date, AcquirerFilePlan.Honest, stream));
        var result = new AcquirerReconciler(_database, _terms, _day).Run(path, host.Name);
        if (!result.IsImported) throw new InvalidDataException(string.Join('\n', result.Faults));
    }
}
