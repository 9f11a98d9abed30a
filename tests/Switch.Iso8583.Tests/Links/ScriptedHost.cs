using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Switch.Iso8583.Tests;

/// <summary>
/// An acquirer host on a loopback socket, built on the public frame reader and writer. It answers network management
/// by itself and leaves every other request to the test.
/// </summary>
internal sealed class ScriptedHost : IAsyncDisposable
{
    private readonly Channel<HostRequest> _requests = Channel.CreateUnbounded<HostRequest>();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<Task> _tasks = [];
    private readonly CancellationTokenSource _stopping = new();
    private TaskCompletionSource _reading = new();
    private int _isDisposed;

    public ScriptedHost(IsoDialect dialect)
    {
        Dialect = dialect;
        _reading.SetResult();
        _listener.Start();
        _tasks.Add(AcceptAsync());
    }

    public IsoDialect Dialect { get; }

    public string Endpoint => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public ConcurrentQueue<HostConnection> Connections { get; } = new();

    public ConcurrentQueue<int> NetworkCodes { get; } = new();

    /// <summary>The response code for a network management code; null is silence.</summary>
    public Func<int, string?> AnswerNetwork { get; set; } = static _ => "00";

    /// <summary>When set, answers every other request at once; null leaves it to <see cref="NextAsync"/>.</summary>
    public Func<HostRequest, Task>? OnRequest { get; set; }

    /// <summary>The next request that is no network management.</summary>
    public ValueTask<HostRequest> NextAsync() => _requests.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public int Waiting => _requests.Reader.Count;

    /// <summary>Stops reading, so that the client's socket fills up.</summary>
    public void PauseReading() =>
        _reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void ResumeReading() => _reading.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        await _stopping.CancelAsync();
        ResumeReading();
        _listener.Stop();
        foreach (var connection in Connections) connection.Close();
        await Task.WhenAll(_tasks);
        foreach (var connection in Connections) connection.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (!_stopping.IsCancellationRequested)
            {
                var socket = await _listener.AcceptSocketAsync(_stopping.Token);
                socket.NoDelay = true;
                var connection = new HostConnection(this, socket);
                Connections.Enqueue(connection);
                _tasks.Add(ReadAsync(connection));
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ReadAsync(HostConnection connection)
    {
        try
        {
            while (true)
            {
                var frame = await connection.Reader.ReadAsync(_stopping.Token);
                if (!frame.IsMessage) return;
                await _reading.Task;
                var message = IsoMessage.Rent(Dialect);
                if (!message.TryParse(frame.Message.Span, out var fault))
                    throw new InvalidDataException(fault.ToString());
                var request = new HostRequest(connection, message, frame.Tpdu.ToArray());
                if (message.Mti == Mti.NetworkRequest) await AnswerNetworkAsync(request);
                else if (message.Mti == Mti.NetworkResponse) connection.NetworkAnswers.Enqueue(message.GetString(39)!);
                else if (OnRequest is { } answer) await answer(request);
                else _requests.Writer.TryWrite(request);
            }
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException
            or SocketException or ObjectDisposedException)
        {
            // The client went away, or the test is over.
        }
    }

    private async Task AnswerNetworkAsync(HostRequest request)
    {
        request.Message.TryGetInt64(70, out var code);
        NetworkCodes.Enqueue((int)code);
        if (AnswerNetwork((int)code) is { } response) await request.ReplyAsync(response);
        request.Message.Dispose();
    }
}

/// <summary>One accepted connection.</summary>
internal sealed class HostConnection(ScriptedHost host, Socket socket) : IDisposable
{
    private readonly NetworkStream _stream = new(socket, ownsSocket: true);
    private readonly SemaphoreSlim _writing = new(1);
    private IsoFrameWriter? _writer;

    public IsoFrameReader Reader => field ??= new IsoFrameReader(_stream, host.Dialect);

    public ConcurrentQueue<string> NetworkAnswers { get; } = new();

    public async Task SendAsync(IsoFrame received, ReadOnlyMemory<byte> message)
    {
        await _writing.WaitAsync();
        try
        {
            _writer ??= new IsoFrameWriter(_stream, host.Dialect);
            await _writer.WriteAnswerAsync(received, message);
        }
        finally
        {
            _writing.Release();
        }
    }

    public async Task SendRawAsync(byte[] bytes) => await _stream.WriteAsync(bytes);

    public async Task RequestNetworkAsync(int code)
    {
        using var buffer = IsoBuffer.Rent(host.Dialect);
        var writer = new IsoWriter(buffer, Mti.NetworkRequest);
        writer.Text(7, "1123220318"u8);
        writer.Number(11, 900_000 + code);
        writer.Number(70, code);
        Assert.True(writer.TryComplete(out _));
        var bytes = buffer.Memory.ToArray();
        await SendAsync(new IsoFrame(default, false, default, host.Dialect.Frame.Tpdu.ToArray()), bytes);
    }

    public void Close() => _stream.Dispose();

    public void Dispose()
    {
        Close();
        _writing.Dispose();
    }
}

/// <summary>One request as the host received it.</summary>
internal sealed record HostRequest(HostConnection Connection, IsoMessage Message, byte[] Tpdu)
{
    public int Stan => Message.TryGetInt64(11, out var stan) ? (int)stan : -1;

    /// <summary>Answers, with a field left out or replaced when the host is to misbehave.</summary>
    public async Task ReplyAsync(string code, int withoutField = 0, string? terminal = null)
    {
        using var buffer = IsoBuffer.Rent(Message.Dialect);
        Write(buffer, code, withoutField, terminal);
        await Connection.SendAsync(new IsoFrame(default, false, default, Tpdu), buffer.Memory);
    }

    private void Write(IsoBuffer buffer, string code, int withoutField, string? terminal)
    {
        var writer = new IsoWriter(buffer, Message.Mti.ToResponse());
        for (var field = 2; field <= 128; field++)
        {
            if (field == withoutField) continue;
            if (field == 39) writer.Text(39, code);
            else if (field == 41 && terminal is not null) writer.Text(41, terminal);
            else if (Message.Dialect.EchoFields.Contains(field)) writer.Copy(field, Message);
        }

        Assert.True(writer.TryComplete(out var fault), fault.ToString());
    }
}
