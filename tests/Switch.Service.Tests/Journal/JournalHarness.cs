using System.Diagnostics.Metrics;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Switch.Service.Journal;

namespace Switch.Service.Tests.Journal;

/// <summary>
/// A real journal file in a folder of its own, a clock that stands still, and the writer's own counters.
/// </summary>
internal sealed class JournalHarness : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("switch-journal-").FullName;
    private readonly Meter _meter = new("journal test");
    private readonly MeterListener _listener = new();
    private readonly ManualResetEventSlim _writerMayGoOn = new(initialState: true);
    private readonly ManualResetEventSlim _writerIsHeld = new();
    private readonly Dictionary<string, long> _gauges = [];
    private readonly Lock _opening = new();
    private SqliteJournal? _journal;
    private long _commits;

    public JournalHarness(Action<JournalOptions>? change = null)
    {
        Options = new JournalOptions { Path = System.IO.Path.Combine(_folder, "journal.db") };
        change?.Invoke(Options);
        Metrics = new JournalMetrics(_meter);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, _meter)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((_, _, _, _) =>
        {
            Interlocked.Increment(ref _commits);
            _writerIsHeld.Set();
            _writerMayGoOn.Wait();
        });
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => _gauges[instrument.Name] = value);
        _listener.Start();
    }

    public JournalOptions Options { get; }

    public FakeTimeProvider Time { get; } = new();

    public JournalMetrics Metrics { get; }

    /// <summary>The open journal; opened by whoever asks first.</summary>
    public SqliteJournal Journal
    {
        get
        {
            lock (_opening) return _journal ??= SqliteJournal.Open(Options, Time, Metrics);
        }
    }

    /// <summary>Durable commits so far, as the journal's own instrument counts them.</summary>
    public long Commits => Interlocked.Read(ref _commits);

    public long Gauge(string name)
    {
        _listener.RecordObservableInstruments();
        return _gauges[name];
    }

    /// <summary>Stops the writer's thread after a commit of its own until <see cref="ReleaseWriter"/>.</summary>
    public Task HoldWriterAsync()
    {
        _writerIsHeld.Reset();
        _writerMayGoOn.Reset();
        var held = Journal.RemovePublishedAsync([Steps.Told(long.MaxValue)]).AsTask();
        _writerIsHeld.Wait(TestContext.Current.CancellationToken);
        return held;
    }

    public void ReleaseWriter() => _writerMayGoOn.Set();

    public async Task<SqliteJournal> ReopenAsync()
    {
        await CloseAsync();
        return Journal;
    }

    public async Task CloseAsync()
    {
        if (_journal is { } journal) await journal.DisposeAsync();
        _journal = null;
    }

    /// <summary>Another connection to the file, as a support tool would have it.</summary>
    public SqliteConnection OpenTool()
    {
        var connection = new SqliteConnection($"Data Source={Options.Path};Pooling=False");
        connection.Open();
        return connection;
    }

    public void Execute(string sql)
    {
        using var tool = OpenTool();
        Execute(tool, sql);
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Ends when the journal's health is the one wanted.</summary>
    public Task WaitForHealthAsync(JournalFault health)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Journal.HealthChanged += (now, _) =>
        {
            if (now == health) reached.TrySetResult();
        };
        if (Journal.Health == health) reached.TrySetResult();
        return reached.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        ReleaseWriter();
        await CloseAsync();
        _listener.Dispose();
        _meter.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>Steps with plausible rows.</summary>
internal static class Steps
{
    public static string Id(int number) => $"{number:x32}";

    public static IntentRow Intent(int number, int attempt = 1, int bytes = 120) => new(
        Id(number), attempt, "alpha", $"RRN{number:000000000}", 1_769_856_000_000 + number, Bytes(number, bytes));

    public static OutboxRow Event(int number, string type = "authorized", int bytes = 300, string? trace = null) => new(
        $"{Id(number)}.{type}", Id(number), type, trace, 1_769_856_000_000 + number, Bytes(number, bytes));

    public static AdviceRow Advice(int number, int bytes = 200) => new(
        $"{Id(number)}.reversal", Id(number), "alpha", "reversal", "pending", $"RRN{number:000000000}",
        1_769_856_000_000 + number, 1_769_856_001_000 + number, Bytes(number, bytes));

    public static JournalStep Open(int number) => new() { OpenIntent = Intent(number) };

    public static JournalStep Close(int number) => new() { CloseIntent = Id(number), Events = [Event(number)] };

    public static JournalStep Announce(int number) => new() { Events = [Event(number)] };

    /// <summary>An event that is in no outbox, as one that Kafka was told of.</summary>
    public static PendingEvent Told(long sequence) =>
        new(sequence, $"{Id(0)}.told", Id(0), "told", null, 1_769_856_000_000, Bytes(0, 10));

    /// <summary>The largest outcome that the journal's bounds allow.</summary>
    public static JournalStep CloseLargest(int number) => new()
    {
        CloseIntent = Id(number),
        Events =
        [
            .. Enumerable.Range(0, JournalStep.EventsMax)
                .Select(i => Event(number, $"type{i}".PadRight(95, '.'), JournalStep.BytesMax, new string('0', 128))),
        ],
        Advice = Advice(number, JournalStep.BytesMax),
    };

    public static byte[] Bytes(int seed, int count)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
