namespace Switch.Programs;

/// <summary>Where the build put the programs that a run starts.</summary>
internal static class BuiltProgram
{
    private static readonly string Root = FindRoot();

    /// <summary>The program's assembly, from the same configuration as this one.</summary>
    public static string PathOf(string folder, string name)
    {
        // .../tests/Switch.Chaos/bin/<configuration>/<framework>/
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var path = Path.Combine(Root, folder, name, "bin", output.Parent!.Name, output.Name, $"{name}.dll");
        return File.Exists(path) ? path : throw new HarnessException($"{path} is not built");
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Switch.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new HarnessException("Switch.sln is in no folder above the program");
    }
}
