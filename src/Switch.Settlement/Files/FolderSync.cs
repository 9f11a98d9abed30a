using System.Runtime.InteropServices;

namespace Switch.Settlement.Files;

/// <summary>
/// Brings the names of a folder to the disk: a rename that is not there after a power cut was none. The runtime opens
/// no folders, so the system is asked itself; Windows keeps the order of renames without.
/// </summary>
internal static class FolderSync
{
    private const int ReadOnly = 0;

    /// <exception cref="IOException">The folder cannot be opened, or the disk fails.</exception>
    public static void Run(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        var handle = Open(folder, ReadOnly);
        var isDone = handle >= 0 && Sync(handle) == 0;
        var error = isDone ? 0 : Marshal.GetLastPInvokeError();
        if (handle >= 0) _ = Close(handle);
        if (isDone) return;
        throw new IOException($"{folder} was not brought to the disk: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(int handle);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int handle);
}
