using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Switch.Programs;

/// <summary>Numbers of kill(2) on Linux.</summary>
internal enum Signal
{
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}

/// <summary>
/// One program as a process of its own whose output goes to a file. The shell replaces itself by the program, so the
/// process id is the program's own and a signal hits it and nothing else.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ChildProcess(string name, Process process)
    {
        Name = name;
        _process = process;
    }

    public string Name { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public static ChildProcess Start(
        string name, string program, IEnumerable<string> arguments, string folder, string log,
        IEnumerable<KeyValuePair<string, string>>? environment = null)
    {
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = folder, UseShellExecute = false };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("exec \"$0\" \"$@\" >>\"$CHAOS_LOG\" 2>&1 </dev/null");
        start.ArgumentList.Add(program);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        start.Environment["CHAOS_LOG"] = log;
        foreach (var (key, value) in environment ?? []) start.Environment[key] = value;
        var process = Process.Start(start) ?? throw new HarnessException($"{name} does not start");
        return new ChildProcess(name, process);
    }

    /// <summary>Sends a signal; nothing happens when it has ended.</summary>
    public void Send(Signal signal)
    {
        // An ended child stays a zombie with its id until Process has noticed, so the id can't be another's yet.
        if (!_process.HasExited) _ = NativeKill(_process.Id, (int)signal);
    }

    public async Task KillAsync()
    {
        Send(Signal.Kill);
        await _process.WaitForExitAsync();
    }

    /// <summary>The exit code, or null when it did not end in time.</summary>
    public async Task<int?> ExitAsync(TimeSpan atMost)
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(atMost, TimeProvider.System);
            return _process.ExitCode;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int NativeKill(int pid, int signal);
}
