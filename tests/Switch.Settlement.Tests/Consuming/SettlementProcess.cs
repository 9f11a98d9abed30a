using System.Collections.Concurrent;
using System.Diagnostics;
using Switch.Testing;

namespace Switch.Settlement.Tests.Consuming;

/// <summary>The program itself, which a test kills.</summary>
internal sealed class SettlementProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    private SettlementProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, said) => Hear(said.Data);
        process.ErrorDataReceived += (_, said) => Hear(said.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>What it said so far, on both of its outputs.</summary>
    public string Said => string.Join('\n', _lines);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static SettlementProcess Start(params IEnumerable<string> arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Switch.Settlement.dll");
        return new SettlementProcess(Process.Start(new ProcessStartInfo("dotnet", ["exec", program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
    }

    /// <summary>Waits until it has said a text.</summary>
    public Task SaysAsync(string text) => UntilAsync(() => Said.Contains(text, StringComparison.Ordinal), text);

    /// <summary>Waits for what comes true while it runs.</summary>
    public async Task UntilAsync(Func<bool> condition, string what)
    {
        await Eventually.TrueAsync(() => condition() || _process.HasExited, what, Patience, Cancel);
        Assert.True(condition(), $"it ended before: {what}\n{Said}");
    }

    /// <summary>Waits until it has computed for so long from now on.</summary>
    public Task ComputesAsync(TimeSpan atLeast)
    {
        var before = Computed();
        return UntilAsync(() => Computed() - before >= atLeast, $"it computes for {atLeast}");

        TimeSpan Computed()
        {
            _process.Refresh();
            return _process.HasExited ? TimeSpan.Zero : _process.TotalProcessorTime;
        }
    }

    /// <summary>Ends it as it stands, by SIGKILL.</summary>
    public async Task KillAsync()
    {
        Assert.False(_process.HasExited, $"it ended by itself\n{Said}");
        _process.Kill();
        await _process.WaitForExitAsync(Cancel);
    }

    /// <summary>Asks it to end, by SIGTERM.</summary>
    public async Task TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync(Cancel);
        await ExitAsync();
    }

    /// <summary>Waits for its end.</summary>
    public Task ExitAsync() => _process.WaitForExitAsync(Cancel).WaitAsync(Patience, Cancel);

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is not null) _lines.Enqueue(line);
    }
}
