using System.Diagnostics;
using System.Text;
using Switch.Testing;

namespace Switch.EndToEnd.Tests;

/// <summary>One of the programs as a process of its own, started as a person or an orchestrator would.</summary>
internal sealed class ProgramProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    private ProgramProcess(Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Append(_errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output => Read(_output);

    public string Errors => Read(_errors);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>
    /// Starts "dotnet program.dll arguments" with these environment variables ("Switch:Redis" may be so written).
    /// </summary>
    public static ProgramProcess Start(
        string program, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string?>>? environment = null,
        string? workingDirectory = null)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? AppContext.BaseDirectory,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, $"{program}.dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (key, value) in environment ?? [])
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        return new ProgramProcess(new Process { StartInfo = start });
    }

    /// <summary>Starts it and waits for its end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        string program, IEnumerable<string> arguments, IEnumerable<KeyValuePair<string, string?>>? environment = null)
    {
        await using var process = Start(program, arguments, environment);
        return (await process.ExitAsync(), process.Output, process.Errors);
    }

    /// <summary>Waits until the output holds a text, and fails with everything it said when it ends without.</summary>
    public Task SaysAsync(string text) => Eventually.TrueAsync(
        () => Output.Contains(text, StringComparison.Ordinal)
            || (_process.HasExited ? throw new InvalidOperationException(
                $"ended without \"{text}\":\n{Output}\n{Errors}") : false),
        $"\"{text}\" in the output", Patience, Token);

    /// <summary>Sends TERM or INT.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("sh", ["-c", $"kill -{signal} {_process.Id}"]);
        await kill.WaitForExitAsync(Token);
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>The exit status, once it has ended and all of its output is read.</summary>
    public async Task<int> ExitAsync(TimeSpan? atMost = null)
    {
        await _process.WaitForExitAsync(Token).WaitAsync(atMost ?? Patience, TimeProvider.System, Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is null) return;
        lock (text) text.AppendLine(line);
    }

    private static string Read(StringBuilder text)
    {
        lock (text) return text.ToString();
    }
}
