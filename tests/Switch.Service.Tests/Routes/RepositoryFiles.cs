namespace Switch.Service.Tests.Routes;

/// <summary>Files of the repository that tests hold to the code.</summary>
internal static class RepositoryFiles
{
    internal static string PathOf(string relative)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Switch.sln"))) folder = folder.Parent;
        Assert.NotNull(folder);
        return Path.Combine(folder.FullName, relative);
    }
}
