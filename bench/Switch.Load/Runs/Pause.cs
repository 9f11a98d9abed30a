using System.Runtime.InteropServices;

namespace Switch.Load.Runs;

/// <summary>
/// Waits on the thread that keeps the schedule: to about 0.1 ms on Linux and macOS, where the runtime's own waits are
/// of whole milliseconds, and without spinning, which would take a core from the switch.
/// </summary>
internal static class Pause
{
    private static readonly ManualResetEvent Never = new(false);
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    public static void For(TimeSpan time)
    {
        if (time <= TimeSpan.Zero) return;
        if (OperatingSystem.IsWindows())
        {
            Never.WaitOne(Millisecond);
            return;
        }

        var wanted = new TimeSpec
        {
            Seconds = (nint)(time.Ticks / TimeSpan.TicksPerSecond),
            Nanoseconds = (nint)(time.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick),
        };
        // An interrupted wait is a short one; the caller looks at the clock again.
        _ = NanoSleep(in wanted, IntPtr.Zero);
    }

    [DllImport("libc", EntryPoint = "nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int NanoSleep(in TimeSpec wanted, IntPtr remaining);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
