using System.Runtime.InteropServices;

namespace Switch.Service.Tests.Journal;

/// <summary>Tests that redirect descriptors run alone: those are the whole process's.</summary>
[CollectionDefinition(nameof(DiskFaults), DisableParallelization = true)]
public sealed class DiskFaults;

/// <summary>
/// Makes the journal's log fail for real: its open file descriptors are pointed at something that refuses writes, and
/// back when disposed. Linux only, for it needs /proc and /dev/full.
/// </summary>
internal sealed class DiskFault : IDisposable
{
    private readonly List<(int Descriptor, int Saved)> _redirected = [];
    private readonly string _target;

    private DiskFault(string logPath, FileStream target)
    {
        _target = target.Name;
        using (target)
            foreach (var link in Directory.GetFiles("/proc/self/fd"))
            {
                if (TargetOf(link) != logPath) continue;
                var descriptor = int.Parse(System.IO.Path.GetFileName(link), null);
                if (descriptor == Number(target)) continue;
                _redirected.Add((descriptor, dup(descriptor)));
                // dup2 replaces a descriptor in one step, so no other thread can be given its number in between.
                Assert.Equal(descriptor, dup2(Number(target), descriptor));
            }

        Assert.NotEmpty(_redirected);
    }

    public static bool IsPossible => OperatingSystem.IsLinux();

    /// <summary>Every write to the log answers ENOSPC.</summary>
    public static DiskFault Full(string journalPath) =>
        new(journalPath + "-wal", new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 0));

    /// <summary>Every write to the log answers EBADF, which SQLite reports as an I/O error.</summary>
    public static DiskFault Unwritable(string journalPath) => new(
        journalPath + "-wal",
        new FileStream(journalPath + "-wal", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0));

    public void Dispose()
    {
        foreach (var (descriptor, saved) in _redirected)
        {
            // The journal may have closed it meanwhile, and another test's file or socket have been given its number.
            if (TargetOf($"/proc/self/fd/{descriptor}") == _target) Assert.Equal(descriptor, dup2(saved, descriptor));
            Assert.Equal(0, close(saved));
        }
    }

    // Other threads close theirs meanwhile.
    private static string? TargetOf(string link)
    {
        try
        {
            return File.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static int Number(FileStream stream) => (int)stream.SafeFileHandle.DangerousGetHandle();

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int dup(int descriptor);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int dup2(int from, int to);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int close(int descriptor);
}
