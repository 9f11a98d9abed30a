using System.Diagnostics;
using Npgsql;
using Switch.Settlement.Tests.Store;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace Switch.Settlement.Tests.Store;

/// <summary>
/// A real PostgreSQL server in a folder of its own, on a socket there: started by the first test that asks for it,
/// ended
/// with the tests. It watches this process's end of its standard input, so a killed test run leaves nothing behind.
/// </summary>
public sealed class PostgresServer : IDisposable
{
    private static readonly string? Binaries = FindBinaries();
    private static readonly Lazy<PostgresServer> TheServer = new(static () => new PostgresServer(starts: true));
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo? _directory;
    private readonly Process? _process;

    /// <summary>For the test framework, which disposes of it at the end.</summary>
    public PostgresServer()
    {
    }

    private PostgresServer(bool starts)
    {
        Debug.Assert(starts);
        _directory = Directory.CreateTempSubdirectory("switch-pg-");
        if (Environment.IsPrivilegedProcess) Run("chown", "postgres", _directory.FullName);
        var data = Path.Combine(_directory.FullName, "data");
        MakeCluster(data);
        // The shell waits for its input to end, which it does when this process does, however that comes.
        _process = StartAsOwner(
            "sh", "-c",
            $"{Binaries}/postgres -D {data} -k {_directory.FullName} -c listen_addresses= -c fsync=off "
            + "-c full_page_writes=off -c synchronous_commit=off -c max_connections=100 >/dev/null 2>&1 </dev/null & "
            + "server=$!; read -r _; kill -INT $server; wait $server");
        var started = TimeProvider.System.GetTimestamp();
        while (!Answers())
        {
            if (_process.HasExited || TimeProvider.System.GetElapsedTime(started) > StartPatience)
                throw new InvalidOperationException("the PostgreSQL server did not start");
            _process.WaitForExit(50);
        }
    }

    /// <summary>Whether the programs of a server are installed.</summary>
    public static bool IsInstalled => Binaries is not null;

    /// <summary>The connection string of a schema in the server that all tests share.</summary>
    public static string ConnectionOf(string schema) => $"{TheServer.Value.Connection};Search Path={schema}";

    private string Connection =>
        $"Host={_directory!.FullName};Username=postgres;Database=postgres;Maximum Pool Size=20;Timeout=30";

    public void Dispose()
    {
        if (_process is null)
        {
            if (TheServer.IsValueCreated) TheServer.Value.Dispose();
            return;
        }

        NpgsqlConnection.ClearAllPools();
        _process.StandardInput.Close();
        if (!_process.WaitForExit(10_000)) _process.Kill(entireProcessTree: true);
        _process.Dispose();
        _directory!.Delete(recursive: true);
    }

    // By a language, as installations have it: an order that should be one of bytes shows itself. Older servers, and
    // those without ICU, refuse it.
    private static void MakeCluster(string data)
    {
        string[] plain = ["-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync"];
        using var byLanguage = StartAsOwner(
            $"{Binaries}/initdb", [.. plain, "--locale-provider=icu", "--icu-locale=en"]);
        if (!TryFinish(byLanguage, out _)) RunAsOwner($"{Binaries}/initdb", plain);
    }

    private bool Answers()
    {
        try
        {
            using var connection = new NpgsqlConnection(Connection + ";Pooling=false");
            connection.Open();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static void RunAsOwner(string program, params string[] arguments)
    {
        using var process = StartAsOwner(program, arguments);
        Finish(process, program);
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(Of(program, arguments))!;
        Finish(process, program);
    }

    private static void Finish(Process process, string program)
    {
        if (!TryFinish(process, out var errors)) throw new InvalidOperationException($"{program}: {errors}");
    }

    private static bool TryFinish(Process process, out string errors)
    {
        var said = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        errors = said.GetAwaiter().GetResult();
        return process.ExitCode == 0;
    }

    // The server refuses to be root's.
    private static Process StartAsOwner(string program, params string[] arguments) => Process.Start(
        Environment.IsPrivilegedProcess
            ? Of("runuser", ["-u", "postgres", "--", program, .. arguments])
            : Of(program, arguments))!;

    private static ProcessStartInfo Of(string program, string[] arguments) => new(program, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        WorkingDirectory = Path.GetTempPath(),
    };

    private static string? FindBinaries()
    {
        const string Debian = "/usr/lib/postgresql";
        List<string> folders = [];
        if (Directory.Exists(Debian))
            folders.AddRange(Directory.GetDirectories(Debian).OrderDescending().Select(f => Path.Combine(f, "bin")));
        folders.AddRange((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator));
        return folders.FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb"))
            && File.Exists(Path.Combine(folder, "postgres")));
    }
}
