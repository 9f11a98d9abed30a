namespace Switch.Service.Tests.Routes;

/// <summary>A folder of its own for a test's routing files.</summary>
internal sealed class RouteFolder : IDisposable
{
    /// <summary>Two acquirers, one scheme, one rule.</summary>
    internal const string Good =
        """
        format: 1
        schemes: [visa]
        acquirers:
          - name: alpha
          - name: beta
        bin_ranges:
          - { bin: 4, scheme: visa }
        rules:
          - name: euros
            when: { currency: EUR }
            priority: beta
        fallback:
          priority: alpha

        """;

    internal RouteFolder() => Directory.CreateDirectory(Folder);

    internal string Folder { get; } = Path.Combine(Path.GetTempPath(), "routes-" + Guid.NewGuid().ToString("N"));

    internal string PathOf(string name) => Path.Combine(Folder, name);

    internal string Write(string text, string name = "routes.yaml")
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
