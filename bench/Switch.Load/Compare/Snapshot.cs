using System.Globalization;

namespace Switch.Load.Compare;

/// <summary>Clock, processor times and memory figures of one moment.</summary>
internal sealed record Snapshot(
    TimeSpan At, IReadOnlyDictionary<string, long> CpuUs, double AllocatedBytes, double PauseSeconds, long MachineUs)
{
    // USER_HZ, as in ProcessTimes.
    private const long MicrosecondsPerTick = 10_000;

    public static Task<Snapshot> TakeAsync(Stage stage, Contender contender, TimeSpan at) =>
        TakeAsync(stage[contender], stage.ProcessesOf(contender), at);

    public static async Task<Snapshot> TakeAsync(
        ContenderProcess server, IEnumerable<(string Name, int ProcessId)> processes, TimeSpan at)
    {
        var memory = await server.MemoryAsync();
        var check = ProcessTimes.OfOwnThreads(EventReader.Threads);
        var cpu = new Dictionary<string, long>
        {
            ["client"] = ProcessTimes.Of(Environment.ProcessId) - check,
            [CompareRun.Check] = check,
        };
        foreach (var (name, id) in processes) cpu.Add(name, ProcessTimes.Of(id));
        return new Snapshot(at, cpu, memory.AllocatedBytes, memory.PauseSeconds, MachineBusyUs());
    }

    // proc(5), /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal.
    private static long MachineBusyUs()
    {
        var line = File.ReadLines("/proc/stat").First();
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9];
        var ticks = fields.Where(static (_, i) => i is not (3 or 4))
            .Sum(static f => long.Parse(f, CultureInfo.InvariantCulture));
        return ticks * MicrosecondsPerTick;
    }
}
