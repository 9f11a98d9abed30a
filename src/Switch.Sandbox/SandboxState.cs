using Switch.Service.Hosting;

namespace Switch.Sandbox;

/// <summary>The folder with keys and journal; a temporary one is removed at the end.</summary>
internal sealed class SandboxState : IDisposable
{
    private readonly bool _isTemporary;

    public SandboxState(string? folder)
    {
        _isTemporary = folder is null;
        Folder = folder ?? Directory.CreateTempSubdirectory("switch-sandbox-").FullName;
        Directory.CreateDirectory(Folder);
        if (!File.Exists(KeysPath)) SwitchHost.CreateKeyFile(KeysPath);
    }

    public string Folder { get; }

    public string KeysPath => Path.Combine(Folder, "keys.json");

    public string JournalPath => Path.Combine(Folder, "journal.db");

    public void Dispose()
    {
        if (_isTemporary) Directory.Delete(Folder, recursive: true);
    }
}
