using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Switch.Iso8583;

namespace Switch.Simulator;

/// <summary>
/// An acquirer's host on a real socket: speaks ISO 8583, behaves and misbehaves as its scenario says, and keeps a
/// ledger that tests read as the truth. All members are safe for several threads.
/// </summary>
public sealed class AcquirerHost : IAsyncDisposable
{
    private readonly AcquirerHostOptions _options;
    private readonly RequestHandler _handler;
    private readonly HostListener _listener;
    private readonly ConcurrentDictionary<HostConnection, Task> _connections = new();
    private readonly TextWriter? _log;
    private volatile ScenarioRun _run;
    private TaskCompletionSource? _hold;
    private int _open;
    private int _isDisposed;

    private AcquirerHost(AcquirerHostOptions options, Ledger ledger, HostListener listener)
    {
        _options = options;
        _log = options.Log is null ? null : TextWriter.Synchronized(options.Log);
        Ledger = ledger;
        _handler = new RequestHandler(options.Dialect, ledger, Meters, options.Time);
        _run = new ScenarioRun(options.Scenario);
        _listener = listener;
    }

    /// <summary>The host's name.</summary>
    public string Name => _options.Name;

    /// <summary>Where it listens; the port stays the same for the host's whole life.</summary>
    public IPEndPoint EndPoint => _listener.EndPoint;

    /// <summary>The dialect it speaks.</summary>
    public IsoDialect Dialect => _options.Dialect;

    /// <summary>Its books.</summary>
    public Ledger Ledger { get; }

    /// <summary>What it has counted.</summary>
    public AcquirerCounters Counters => Meters.Read(Volatile.Read(ref _open));

    /// <summary>Whether new connections are accepted.</summary>
    public bool IsAccepting => _listener.IsAccepting;

    /// <summary>
    /// How it behaves. Setting it takes effect with the next message read; rule counters and draws start afresh, the
    /// ledger stays.
    /// </summary>
    /// <exception cref="ScenarioException">A rule changes a field to what the dialect cannot hold.</exception>
    public Scenario Scenario
    {
        get => _run.Scenario;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            value.ThrowUnlessFits(Dialect);
            _run = new ScenarioRun(value);
        }
    }

    internal HostMeters Meters { get; } = new();

    internal TimeProvider Time => _options.Time;

    internal ScenarioRun Run => _run;

    /// <summary>Completed, or completes when what is kept back may go.</summary>
    internal Task Release => Volatile.Read(ref _hold)?.Task ?? Task.CompletedTask;

    /// <summary>Starts a host; it listens when this completes.</summary>
    /// <exception cref="SocketException">The port is taken.</exception>
    /// <exception cref="IOException">The ledger file cannot be opened.</exception>
    /// <exception cref="ScenarioException">A rule changes a field to what the dialect cannot hold.</exception>
    public static Task<AcquirerHost> StartAsync(
        AcquirerHostOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        options ??= new AcquirerHostOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxConnections, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxPendingPerConnection, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.LedgerMaxEntries, 1);
        options.Scenario.ThrowUnlessFits(options.Dialect);
        var listener = new HostListener(new IPEndPoint(options.Address, options.Port));
        try
        {
            var file = options.LedgerFile is { } path ? new LedgerFile(path, options.Time) : null;
            var ledger = new Ledger(options.Name, options.LedgerMaxEntries, file);
            var host = new AcquirerHost(options, ledger, listener);
            listener.Accept(host.Serve);
            return Task.FromResult(host);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    /// <summary>Goes down: new connections are refused and open ones dropped. The port stays reserved.</summary>
    public void Refuse()
    {
        _listener.Refuse();
        DropConnections();
    }

    /// <summary>Comes back on the same port. Does nothing while up.</summary>
    public void Accept() => _listener.Accept(Serve);

    /// <summary>
    /// Keeps back every answer to what is in the ledger that comes due from now on, until <see cref="ReleaseAnswers"/>;
    /// the books are kept meanwhile, and network messages answered.
    /// </summary>
    public void HoldAnswers() => Interlocked.CompareExchange(
        ref _hold, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), null);

    /// <summary>Sends what was kept back. Does nothing while nothing is.</summary>
    public void ReleaseAnswers() => Interlocked.Exchange(ref _hold, null)?.SetResult();

    /// <summary>Drops every open connection; answers under way are lost.</summary>
    public void DropConnections()
    {
        foreach (var connection in _connections.Keys) connection.Close(HostCloseReason.Dropped);
    }

    /// <summary>
    /// Stops listening, drops every connection and closes the ledger file. The ledger stays readable.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 1) return;
        _listener.Dispose();
        DropConnections();
        await Task.WhenAll(_connections.Values);
        Ledger.Dispose();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} on {EndPoint} ({Dialect}, {Scenario})";

    internal Reply Handle(IsoMessage message, ConnectionSession session) => _handler.Handle(message, session, _run);

    // The listener calls this for each accepted socket, one at a time.
    private void Serve(Socket socket)
    {
        Interlocked.Increment(ref Meters.Accepted);
        if (Volatile.Read(ref _open) >= _options.MaxConnections)
        {
            Meters.Close(HostCloseReason.TooMany);
            socket.Dispose();
            return;
        }

        Interlocked.Increment(ref _open);
        var connection = new HostConnection(this, socket, _options.MaxPendingPerConnection);
        // Known before it runs, so that it is dropped with the others, and its end can take it out again.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections[connection] = ServeAsync(connection, started.Task);
        started.SetResult();
        if (!IsAccepting) connection.Close(HostCloseReason.Dropped);
    }

    private async Task ServeAsync(HostConnection connection, Task started)
    {
        await started;
        _log?.WriteLine($"{Name}: connected, {Volatile.Read(ref _open)} open");
        try
        {
            var reason = await connection.RunAsync();
            Meters.Close(reason);
            var isFault = reason is HostCloseReason.BadFrame or HostCloseReason.BadMessage;
            var fault = isFault ? $" ({Counters.LastFault})" : "";
            _log?.WriteLine($"{Name}: connection ended: {reason}{fault}");
            // Only an orderly end is forgotten: a bug stays here and fails the host's disposal.
            _connections.TryRemove(connection, out _);
        }
        finally
        {
            connection.Dispose();
            Interlocked.Decrement(ref _open);
        }
    }
}
