using System.Text.RegularExpressions;

namespace Switch.Settlement.Files;

/// <summary>The names that files have until they are whole.</summary>
internal static partial class TemporaryFile
{
    private static readonly TimeSpan LeftoverAge = TimeSpan.FromDays(1);

    /// <summary>
    /// A name beside the file that is the writer's own: another one must not write into it, nor delete it when it fails
    /// itself.
    /// </summary>
    public static string Of(string path) => Path.Combine(
        Path.GetDirectoryName(Path.GetFullPath(path))!, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.tmp");

    /// <summary>
    /// Takes away what kills have left in a folder, and nobody writes any more. Reads the whole folder: once for all
    /// files that are written there, not for each.
    /// </summary>
    public static void DropLeftovers(string folder)
    {
        if (!Directory.Exists(folder)) return;
        var oldest = TimeProvider.System.GetUtcNow().UtcDateTime - LeftoverAge;
        foreach (var left in Directory.EnumerateFiles(folder, ".*.tmp"))
        {
            if (Name().IsMatch(Path.GetFileName(left)) && File.GetLastWriteTimeUtc(left) < oldest) File.Delete(left);
        }
    }

    [GeneratedRegex(@"\A\..+\.[0-9a-f]{32}\.tmp\z", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Name();
}
