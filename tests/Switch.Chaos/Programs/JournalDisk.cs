using System.Diagnostics;
using System.Globalization;

namespace Switch.Chaos.Programs;

/// <summary>
/// The disk of an instance's journal: a small tmpfs where mounting is allowed, so that it can be filled up; else a
/// plain folder, and the fault "disk full" is left out of the plan. It survives the process, as a disk does.
/// </summary>
internal sealed class JournalDisk : IDisposable
{
    // The journal keeps outcomes for a while, so a longer run needs a larger disk.
    private const long BytesMin = 48L << 20;
    private const long BytesMax = 512L << 20;
    private const long BytesOfSecond = 512L << 10;
    private const string Balloon = "balloon";
    private readonly string _folder;
    private readonly long _bytes;

    /// <summary>Mounts it.</summary>
    /// <param name="folder">Where; made when missing.</param>
    /// <param name="seconds">Length of the run.</param>
    public JournalDisk(string folder, int seconds)
    {
        _folder = folder;
        _bytes = Math.Min(BytesMax, BytesMin + (seconds * BytesOfSecond));
        Directory.CreateDirectory(folder);
        var size = string.Create(CultureInfo.InvariantCulture, $"size={_bytes}");
        CanFill = Run("mount", "-t", "tmpfs", "-o", size, "switch-chaos", folder);
    }

    /// <summary>Whether <see cref="Fill"/> works here.</summary>
    public bool CanFill { get; }

    public string JournalPath => Path.Combine(_folder, "journal", "journal.db");

    /// <summary>Takes all the room that is left.</summary>
    public void Fill()
    {
        if (!CanFill) return;
        var block = new byte[1 << 16];
        using var file = new FileStream(
            Path.Combine(_folder, Balloon), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            for (var written = 0L; written <= _bytes; written += block.Length) file.Write(block);
        }
        catch (IOException)
        {
            // Full: what was wanted.
        }
    }

    /// <summary>Gives the room back.</summary>
    public void Free() => File.Delete(Path.Combine(_folder, Balloon));

    /// <summary>The disk is gone and replaced by an empty one; only while the instance is down.</summary>
    public void Destroy()
    {
        foreach (var entry in Directory.EnumerateDirectories(_folder)) Directory.Delete(entry, recursive: true);
    }

    /// <summary>Copies the journal to where it can be looked at, and unmounts.</summary>
    public void Dispose()
    {
        if (!CanFill) return;
        var kept = _folder + "-kept";
        Directory.CreateDirectory(kept);
        foreach (var file in Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetFileName(file);
            if (name != Balloon) File.Copy(file, Path.Combine(kept, name), overwrite: true);
        }

        Run("umount", _folder);
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true };
            using var process = Process.Start(start)!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
