using System.Globalization;

namespace Switch.Load.Growth;

/// <summary>Memory and bounds of processes, from /proc.</summary>
internal static class ProcessMemory
{
    /// <summary>What of it is in memory.</summary>
    public static long RssBytes(int processId) =>
        KiloBytes(File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/status")), "VmRSS:")
        * 1024;

    /// <summary>What the machine could still give.</summary>
    public static long AvailableBytes() => KiloBytes(File.ReadLines("/proc/meminfo"), "MemAvailable:") * 1024;

    /// <summary>Files and sockets that this process, and those that it starts, may have open each.</summary>
    public static long OpenFilesMax()
    {
        const string Name = "Max open files";
        var line = File.ReadLines("/proc/self/limits").First(static l => l.StartsWith(Name, StringComparison.Ordinal));
        var hard = line[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return long.TryParse(hard, NumberStyles.None, CultureInfo.InvariantCulture, out var files)
            ? files
            : long.MaxValue;
    }

    private static long KiloBytes(IEnumerable<string> lines, string name)
    {
        var line = lines.First(l => l.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], NumberStyles.None, CultureInfo.InvariantCulture);
    }
}
