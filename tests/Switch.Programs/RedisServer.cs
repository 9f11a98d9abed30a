using System.Globalization;
using System.Net.Sockets;

namespace Switch.Programs;

/// <summary>redis-server with an append-only file, synced every second.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private readonly string _data;
    private readonly string _log;
    private readonly string _rewriteAt;
    private ChildProcess? _process;

    /// <param name="folder">Where its file and its log go.</param>
    /// <param name="port">On loopback.</param>
    /// <param name="rewritesFile">
    /// Whether it rewrites its append-only file when that has doubled, as by default. A measurement says no: the
    /// rewriting falls on whoever is measured just then, in a process of its own that belongs to nobody.
    /// </param>
    public RedisServer(string folder, int port, bool rewritesFile = true)
    {
        Port = port;
        _rewriteAt = rewritesFile ? "100" : "0";
        _data = Path.Combine(folder, "redis");
        _log = Path.Combine(folder, "redis.log");
        Directory.CreateDirectory(_data);
    }

    public int Port { get; }

    public int ProcessId => _process!.Id;

    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    public async Task StartAsync()
    {
        string[] arguments =
        [
            "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "",
            "--appendonly", "yes", "--appendfsync", "everysec", "--dir", _data,
            "--auto-aof-rewrite-percentage", _rewriteAt,
        ];
        _process = ChildProcess.Start("redis", "redis-server", arguments, _data, _log);
        for (var waited = TimeSpan.Zero; waited < Patience; waited += Pause)
        {
            if (_process.HasExited) throw new HarnessException($"redis-server ended; see {_log}");
            if (await AnswersAsync()) return;
            await RunClock.Delay(Pause);
        }

        throw new HarnessException("redis-server does not answer");
    }

    public Task KillAsync() => _process!.KillAsync();

    /// <summary>Throws away all that it wrote; only while it is down.</summary>
    public void Empty()
    {
        Directory.Delete(_data, recursive: true);
        Directory.CreateDirectory(_data);
    }

    public void Send(Signal signal) => _process!.Send(signal);

    public ValueTask DisposeAsync() => _process?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", Port);
            var stream = client.GetStream();
            await stream.WriteAsync("PING\r\n"u8.ToArray());
            var buffer = new byte[64];
            var read = await stream.ReadAsync(buffer);
            // While it loads its file it says -LOADING.
            return buffer.AsSpan(0, read).StartsWith("+PONG"u8);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }
}
