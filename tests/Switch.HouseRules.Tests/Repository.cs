namespace Switch.HouseRules.Tests;

/// <summary>The checkout that the tests look at.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>Source files written by hand: relative path and lines.</summary>
    public static IEnumerable<(string Path, string[] Lines)> Sources(params string[] folders)
    {
        foreach (var folder in folders)
        {
            foreach (var file in Directory.EnumerateFiles(PathOf(folder), "*.cs", SearchOption.AllDirectories))
            {
                var relative = Path.GetRelativePath(Root, file).Replace('\\', '/');
                if (relative.Contains("/obj/", StringComparison.Ordinal)
                    || relative.Contains("/bin/", StringComparison.Ordinal))
                    continue;
                yield return (relative, File.ReadAllLines(file));
            }
        }
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Switch.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("Switch.sln is in no folder above the tests");
    }
}
