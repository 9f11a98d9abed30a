using System.Globalization;
using System.Text.Json;
using Switch.Chaos.Checking;
using Switch.Programs;

namespace Switch.Chaos.Programs;

/// <summary>One switch instance: a process that is killed, stopped, rolled and started again in one place.</summary>
internal sealed class SwitchInstance : IAsyncDisposable
{
    private static readonly TimeSpan ProbePause = TimeSpan.FromMilliseconds(50);
    private readonly InstancePlace _place;
    private readonly string _program;
    private readonly string _folder;
    private readonly Dictionary<string, string> _environment = [];
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(2) };
    private readonly RunClock _clock;
    private ChildProcess? _process;

    public SwitchInstance(
        InstancePlace place, SharedServices shared, JournalDisk disk, string folder, string? variant, RunClock clock)
    {
        _place = place;
        _clock = clock;
        Disk = disk;
        _folder = Path.Combine(folder, place.Name);
        Directory.CreateDirectory(_folder);
        // Read from the working folder, like everything the host finds there; and easy to look at afterwards.
        var settings = JsonSerializer.Serialize(SwitchSettings.Of(place, shared));
        File.WriteAllText(Path.Combine(_folder, "appsettings.json"), settings);
        _program = variant is null
            ? BuiltProgram.PathOf("src", "Switch.Service")
            : BuiltProgram.PathOf("tests", "Switch.Chaos.BrokenSwitch");
        if (variant is not null) _environment["SWITCH_BROKEN"] = variant;
        _environment["DOTNET_gcServer"] = "0";
        _environment["DOTNET_TieredPGO"] = "0";
        LogPath = Path.Combine(folder, $"{place.Name}.log");
    }

    public string Name => _place.Name;

    public JournalDisk Disk { get; }

    public string LogPath { get; }

    public string Terminals => Url(_place.TerminalsPort);

    private string Management => Url(_place.ManagementPort);

    /// <summary>Held while somebody ends, stops or starts it: one fault at a time.</summary>
    public SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>It has been ready since it was started; one that was not may have ended over a full disk.</summary>
    public bool WasReady { get; private set; }

    public int ExitCode => _process!.ExitCode;

    public void Start()
    {
        WasReady = false;
        _process = ChildProcess.Start(Name, "dotnet", ["exec", _program], _folder, LogPath, _environment);
    }

    public void Send(Signal signal) => _process!.Send(signal);

    public Task KillAsync() => _process!.KillAsync();

    public bool HasExited => _process!.HasExited;

    /// <summary>Tells it to end, as an orchestrator does, and kills it when it does not in time.</summary>
    public async Task<OrderlyEnd> EndAsync()
    {
        var at = _clock.Now;
        _process!.Send(Signal.Terminate);
        var exitCode = await _process.ExitAsync(SwitchSettings.EndsWithin);
        var took = _clock.Now - at;
        if (exitCode is null) await _process.KillAsync();
        return new OrderlyEnd(Name, at, took, SwitchSettings.EndsWithin, exitCode);
    }

    /// <summary>Waits until it says that it is ready, or ends.</summary>
    public async Task<bool> ReadyAsync(TimeSpan atMost)
    {
        var until = _clock.Now + atMost;
        while (_clock.Now < until && !HasExited)
        {
            if (await TryGetAsync("/readyz") is not null) return WasReady = true;
            await RunClock.Delay(ProbePause);
        }

        return false;
    }

    /// <summary>Its metrics, or null when it does not answer.</summary>
    public async Task<Metrics?> MetricsAsync() =>
        await TryGetAsync("/metrics") is { } page ? Metrics.Parse(page) : null;

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        _http.Dispose();
        Turn.Dispose();
        Disk.Dispose();
    }

    private static string Url(int port) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");

    private async Task<string?> TryGetAsync(string path)
    {
        try
        {
            return await _http.GetStringAsync(new Uri(Management + path));
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }
}
