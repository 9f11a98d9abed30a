using System.Buffers;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Switch.Testing;

/// <summary>
/// A bare connection to a Redis-protocol server for what fixtures ask of one; a client library would add its own
/// traffic to what tests count.
/// </summary>
public sealed class RespConnection : IDisposable
{
    private readonly TcpClient _client;
    private readonly StreamReader _reader;

    private RespConnection(TcpClient client)
    {
        _client = client;
        _reader = new StreamReader(client.GetStream(), Encoding.Latin1);
    }

    /// <summary>Connects to a port of 127.0.0.1.</summary>
    public static async Task<RespConnection> OpenAsync(int port, CancellationToken cancellationToken = default)
    {
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync("127.0.0.1", port, cancellationToken);
            return new RespConnection(client);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Sends a command and returns its answer: a simple string or number as it is, a bulk string's text, an error with
    /// its leading <c>-</c>, an empty string for null. Arrays are not understood.
    /// </summary>
    public async Task<string> SendAsync(string[] command, CancellationToken cancellationToken = default)
    {
        var request = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{command.Length}\r\n");
        foreach (var word in command)
            request.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n");

        await _client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(request.ToString()), cancellationToken);
        var line = await _reader.ReadLineAsync(cancellationToken) ?? throw new IOException("The server hung up.");
        return line[0] switch
        {
            '$' => await ReadBulkAsync(int.Parse(line.AsSpan(1), CultureInfo.InvariantCulture), cancellationToken),
            '-' => line,
            '+' or ':' => line[1..],
            _ => throw new InvalidOperationException($"Not understood: {line}"),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reader.Dispose();
        _client.Dispose();
    }

    private async Task<string> ReadBulkAsync(int length, CancellationToken cancellationToken)
    {
        if (length < 0) return string.Empty;
        var buffer = ArrayPool<char>.Shared.Rent(length + 2);
        try
        {
            await _reader.ReadBlockAsync(buffer.AsMemory(0, length + 2), cancellationToken);
            return new string(buffer, 0, length);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }
}
