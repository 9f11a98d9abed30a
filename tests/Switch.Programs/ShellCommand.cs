namespace Switch.Programs;

/// <summary>A command that was given to the run. What it writes goes to a file.</summary>
internal static class ShellCommand
{
    /// <summary>Runs it to its end.</summary>
    /// <param name="name">How whoever gave it knows it.</param>
    /// <param name="command">For /bin/sh.</param>
    /// <param name="log">Where its output goes; its folder is the command's.</param>
    /// <param name="patience">How long it may take.</param>
    /// <exception cref="HarnessException">It failed, or did not end in time.</exception>
    public static async Task RunAsync(string name, string command, string log, TimeSpan patience)
    {
        var folder = Path.GetDirectoryName(log)!;
        await using var process = ChildProcess.Start(name, "/bin/sh", ["-c", command], folder, log);
        switch (await process.ExitAsync(patience))
        {
            case 0:
                return;
            case { } code:
                throw new HarnessException($"{name} ended with {code}; see {log}");
            default:
                throw new HarnessException(
                    FormattableString.Invariant($"{name} did not end within {patience.TotalSeconds:0} s; see {log}"));
        }
    }
}
