using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Switch.Sandbox;

namespace Switch.Testing;

/// <summary>
/// A real redis-server process on a loopback port, in memory only, which tests may kill, stop and restart. Ends with
/// its disposal; where no redis-server is on the PATH, <see cref="IsInstalled"/> says so and tests on it are not there.
/// </summary>
public sealed class RedisServerFixture : IAsyncDisposable
{
    private const int StartsMax = 5;
    private static readonly string? Executable = Find("redis-server");

    private readonly string[] _arguments;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("switch-redis-");
    private Process _process;

    private RedisServerFixture(int port, string[] arguments)
    {
        Port = port;
        _arguments = arguments;
        _process = Launch();
    }

    /// <summary>Whether a redis-server is on the PATH.</summary>
    public static bool IsInstalled => Executable is not null;

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>The address as <c>host:port</c>, which is also a StackExchange.Redis connection string.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>Starts a server; it answers when this returns.</summary>
    /// <param name="cancellationToken">The test's.</param>
    /// <param name="arguments">More arguments of redis-server.</param>
    public static async Task<RedisServerFixture> StartAsync(
        CancellationToken cancellationToken = default, params string[] arguments)
    {
        // The port can be taken between finding and binding it.
        for (var start = 1; ; start++)
        {
            try
            {
                return await StartAsync(LoopbackPort.Free(), cancellationToken, arguments);
            }
            catch (IOException) when (start < StartsMax)
            {
            }
        }
    }

    /// <summary>Starts a server on a given port; it answers when this returns.</summary>
    /// <exception cref="IOException">It ended at once: the port is taken, or an argument is wrong.</exception>
    public static async Task<RedisServerFixture> StartAsync(
        int port, CancellationToken cancellationToken, params string[] arguments)
    {
        var server = new RedisServerFixture(port, arguments);
        try
        {
            await server.AnswersAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends one command on a connection of its own; see <see cref="RespConnection.SendAsync"/>.</summary>
    public async Task<string> SendAsync(string[] command, CancellationToken cancellationToken = default)
    {
        using var connection = await RespConnection.OpenAsync(Port, cancellationToken);
        return await connection.SendAsync(command, cancellationToken);
    }

    /// <summary>Kills the process: connections break, data are gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Stops the process (SIGSTOP): connections stay, nothing answers.</summary>
    public Task StopAsync() => SignalAsync("STOP");

    /// <summary>Lets a stopped process go on (SIGCONT): it first works off what reached its sockets.</summary>
    public Task ContinueAsync() => SignalAsync("CONT");

    /// <summary>Starts a killed server again, empty, on the same port; it answers when this returns.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken = default)
    {
        _process.Dispose();
        _process = Launch();
        await AnswersAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
        _directory.Delete(recursive: true);
    }

    /// <summary>The full path of a program on the PATH, or null.</summary>
    internal static string? Find(string program)
    {
        var folders = Environment.GetEnvironmentVariable("PATH") ?? string.Empty;
        foreach (var folder in folders.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            var path = Path.Combine(folder, program);
            if (File.Exists(path)) return path;
        }

        return null;
    }

    private Process Launch()
    {
        var program = Executable ?? throw new InvalidOperationException("No redis-server on the PATH.");
        var start = new ProcessStartInfo(program)
        {
            WorkingDirectory = _directory.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] basics =
        [
            "--port", Port.ToString(CultureInfo.InvariantCulture),
            "--bind", "127.0.0.1",
            "--save", string.Empty,
            "--appendonly", "no",
            "--dir", _directory.FullName,
        ];

        // A sentinel's configuration is a file and comes first.
        var isSentinel = _arguments.Contains("--sentinel");
        foreach (var argument in isSentinel ? _arguments : [.. basics, .. _arguments]) start.ArgumentList.Add(argument);

        var process = Process.Start(start)!;
        // A pipe nobody reads would fill up and stop the server.
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private Task AnswersAsync(CancellationToken cancellationToken) => Eventually.TrueAsync(
        async () =>
        {
            if (_process.HasExited) throw new IOException($"redis-server ended with {_process.ExitCode}.");
            try
            {
                return await SendAsync(["PING"], cancellationToken) == "PONG";
            }
            catch (SocketException)
            {
                return false;
            }
        },
        "redis-server answers",
        cancellationToken: cancellationToken);

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start(
            Find("kill") ?? "/bin/kill", ["-" + signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        if (kill.ExitCode != 0) throw new InvalidOperationException($"kill -{signal} ended with {kill.ExitCode}.");
    }
}
