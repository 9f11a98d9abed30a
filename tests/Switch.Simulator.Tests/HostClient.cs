using System.Net.Sockets;
using Switch.Iso8583;

namespace Switch.Simulator.Tests;

/// <summary>A peer of a host over a real socket.</summary>
internal sealed class HostClient : IDisposable
{
    private readonly TcpClient _client = new();
    private readonly IsoDialect _dialect;
    private IsoFrameReader? _reader;
    private IsoFrameWriter? _writer;

    private HostClient(IsoDialect dialect) => _dialect = dialect;

    public static async Task<HostClient> ConnectAsync(AcquirerHost host)
    {
        var client = new HostClient(host.Dialect);
        await client._client.ConnectAsync(host.EndPoint, TestContext.Current.CancellationToken);
        client._client.NoDelay = true;
        client._reader = new IsoFrameReader(client._client.GetStream(), host.Dialect);
        client._writer = new IsoFrameWriter(client._client.GetStream(), host.Dialect);
        return client;
    }

    public async Task<HostMessage> ExchangeAsync(HostMessage message)
    {
        await SendAsync(message);
        return await ReceiveAsync();
    }

    public async Task SendAsync(HostMessage message) =>
        await _writer!.WriteAsync(message.Encode(_dialect), TestContext.Current.CancellationToken);

    /// <summary>Sends messages, and bytes after them, with one write.</summary>
    public async Task SendTogetherAsync(IEnumerable<HostMessage> messages, params byte[] rest)
    {
        var bytes = new List<byte>();
        var frame = new byte[_dialect.Frame.HeaderBytes + _dialect.Frame.MaxFrameBytes];
        foreach (var message in messages)
        {
            var encoded = message.Encode(_dialect);
            Assert.True(IsoFrameWriter.TryAppend(_dialect.Frame, _dialect.Frame.Tpdu, encoded, frame, out var written));
            bytes.AddRange(frame.AsSpan(0, written));
        }

        await SendRawAsync([.. bytes, .. rest]);
    }

    public async Task SendRawAsync(byte[] bytes) =>
        await _client.GetStream().WriteAsync(bytes, TestContext.Current.CancellationToken);

    public async Task<HostMessage> ReceiveAsync()
    {
        var frame = await ReadFrameAsync();
        Assert.True(frame.IsMessage, $"fault {frame.Fault}, end {frame.IsEnd}");
        return HostMessage.Decode(_dialect, frame.Message.Span);
    }

    public async Task<IsoFrame> ReadFrameAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        return await _reader!.ReadAsync(patience.Token);
    }

    /// <summary>Waits for the connection's end, orderly or reset.</summary>
    public async Task AssertClosedAsync()
    {
        try
        {
            var frame = await ReadFrameAsync();
            Assert.True(frame.IsEnd, $"fault {frame.Fault}, message {frame.IsMessage}");
        }
        catch (IOException)
        {
            // A reset is an end too.
        }
    }

    public void Dispose() => _client.Dispose();
}
