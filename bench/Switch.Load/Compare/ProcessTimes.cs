using System.Globalization;

namespace Switch.Load.Compare;

/// <summary>Processor time of processes and threads, from /proc: user and system, in microseconds.</summary>
internal static class ProcessTimes
{
    // USER_HZ: what Linux counts in for every architecture that .NET runs on.
    private const long MicrosecondsPerTick = 10_000;

    // proc(5): fields 14 and 15 of stat; the name, field 2, is the only one that may hold spaces.
    private const int UserTimeAfterName = 11;

    public static long Of(int processId) =>
        TimeIn(File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat")));

    /// <summary>Of this process's threads whose name begins with one of these.</summary>
    public static long OfOwnThreads(params string[] names)
    {
        var sum = 0L;
        foreach (var task in Directory.EnumerateDirectories("/proc/self/task"))
        {
            try
            {
                var stat = File.ReadAllText(Path.Combine(task, "stat"));
                var name = stat.AsSpan(stat.IndexOf('(', StringComparison.Ordinal) + 1);
                foreach (var wanted in names)
                    if (name.StartsWith(wanted, StringComparison.Ordinal)) sum += TimeIn(stat);
            }
            catch (IOException)
            {
                // A thread that has ended meanwhile.
            }
        }

        return sum;
    }

    private static long TimeIn(string stat)
    {
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[UserTimeAfterName], CultureInfo.InvariantCulture)
            + long.Parse(fields[UserTimeAfterName + 1], CultureInfo.InvariantCulture)) * MicrosecondsPerTick;
    }
}
