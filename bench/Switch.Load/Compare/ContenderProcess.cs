using Switch.Programs;

namespace Switch.Load.Compare;

/// <summary>One server that is measured: where it is asked, and what it says of its own memory.</summary>
internal sealed class ContenderProcess : IDisposable
{
    private const string CompilerTime = "dotnet_jit_compilation_time_seconds_total";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly string _name;
    private readonly ChildProcess _process;
    private readonly string _management;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };

    public ContenderProcess(string name, ChildProcess process, string terminals, string management)
    {
        _name = name;
        _process = process;
        _management = $"http://{management}";
        Address = $"http://{terminals}";
    }

    public string Address { get; }

    public int ProcessId => _process.Id;

    /// <summary>Waits until it takes requests.</summary>
    public async Task ReadyAsync(TimeSpan atMost)
    {
        var clock = new RunClock();
        while (clock.Now < atMost && !_process.HasExited)
        {
            try
            {
                using var response = await _http.GetAsync(new Uri($"{_management}/readyz"));
                if (response.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await RunClock.Delay(Pause);
        }

        throw new HarnessException($"{_name} does not start; see {_name}.log in the run's folder");
    }

    /// <summary>Bytes it has allocated and seconds its collector has paused it, since it started.</summary>
    public async Task<(double AllocatedBytes, double PauseSeconds)> MemoryAsync()
    {
        var metrics = Metrics.Parse(await PageAsync());
        return (metrics.Sum("dotnet_gc_heap_total_allocated_bytes_total"),
            metrics.Sum("dotnet_gc_pause_time_seconds_total"));
    }

    /// <summary>How long its just-in-time compiler has worked since it started, by the clock, on all threads.</summary>
    /// <exception cref="HarnessException">It does not say.</exception>
    public async Task<TimeSpan> CompilerTimeAsync()
    {
        var seconds = Metrics.Parse(await PageAsync()).Sum(CompilerTime);
        // A page without it must not look like a compiler at rest: whoever answers has compiled something.
        return seconds > 0
            ? TimeSpan.FromSeconds(seconds)
            : throw new HarnessException($"{_name} has no {CompilerTime} on its metrics page");
    }

    /// <summary>Its metrics as a Prometheus server reads them.</summary>
    public Task<string> PageAsync() => _http.GetStringAsync(new Uri($"{_management}/metrics"));

    public void Dispose() => _http.Dispose();
}
