namespace Switch.Load.CommandLine;

/// <summary>What every verb does with its command line before it does anything else.</summary>
internal static class Verb
{
    /// <summary>Exit status of a command line that can't be used.</summary>
    public const int WrongUsage = 2;

    /// <summary>
    /// Reads the arguments; null when the verb is to go on, else the exit status: help was shown, or faults were named.
    /// </summary>
    public static async Task<int?> ReadAsync(
        OptionTable table, IReadOnlyList<string> args, string about, string exitStatus, TextWriter output,
        TextWriter error)
    {
        var faults = table.Read(args);
        if (table.IsHelp)
        {
            await output.WriteLineAsync($"{about}\n\n{table}\n{exitStatus}");
            return 0;
        }

        foreach (var fault in faults) await error.WriteLineAsync(fault);
        if (faults.Count == 0) return null;
        await error.WriteLineAsync("--help shows the options");
        return WrongUsage;
    }
}
