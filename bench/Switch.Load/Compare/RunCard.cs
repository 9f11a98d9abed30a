using System.Globalization;
using System.Reflection;
using System.Runtime;
using System.Runtime.InteropServices;

namespace Switch.Load.Compare;

/// <summary>What a number needs beside it to be worth anything.</summary>
internal sealed record RunCard
{
    /// <summary>Version and commit that the tool, and what it starts, were built from.</summary>
    public required string Build { get; init; }

    public required string Runtime { get; init; }

    public required string System { get; init; }

    public required int Cores { get; init; }

    /// <summary>The type of the file system under journal and Redis file: on tmpfs nothing is ever synced.</summary>
    public required string FileSystem { get; init; }

    public required string LoadAverage { get; init; }

    public required bool IsRelease { get; init; }

    public required bool IsServerGc { get; init; }

    public static RunCard Of(string folder) => new()
    {
        Build = BuildOf(typeof(RunCard).Assembly),
        Runtime = RuntimeInformation.FrameworkDescription,
        System = RuntimeInformation.OSDescription,
        Cores = Environment.ProcessorCount,
        FileSystem = FileSystemOf(folder),
        LoadAverage = File.ReadAllText("/proc/loadavg").Split(' ')[0],
        IsRelease = AppContext.BaseDirectory.Contains(
            $"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal),
        IsServerGc = GCSettings.IsServerGC,
    };

    /// <summary>"0.1.0+commit", as the SDK writes it into the assembly.</summary>
    public static string BuildOf(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Build}, {Runtime}, {System}, {Cores} cores, {FileSystem}, load average {LoadAverage} at the start"
        + $"{(IsRelease ? "" : "\nA DEBUG BUILD: nothing follows from these numbers")}"
        + $"{(FileSystem == "tmpfs" ? "\nTMPFS: nothing is synced to a disk, name one with --work" : "")}");

    // The mount with the longest path that the folder begins with.
    private static string FileSystemOf(string folder) =>
        File.ReadLines("/proc/mounts").Select(static line => line.Split(' '))
            .Where(mount => folder.StartsWith(mount[1], StringComparison.Ordinal))
            .MaxBy(static mount => mount[1].Length)?[2] ?? "unknown file system";
}
