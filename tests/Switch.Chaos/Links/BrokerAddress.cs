using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Switch.Chaos.Links;

/// <summary>
/// A Kafka broker tells its clients where it is, and they would go there past the wire. This puts the wire's port in
/// the place of the broker's: host and port stand side by side in every version, and neither changes length.
/// </summary>
internal sealed class BrokerAddress
{
    private readonly byte[] _pattern;
    private readonly int _hostLength;

    public BrokerAddress(string address)
    {
        var colon = address.LastIndexOf(':');
        var host = Encoding.ASCII.GetBytes(address[..colon]);
        Port = int.Parse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture);
        _hostLength = host.Length;
        _pattern = new byte[host.Length + sizeof(int)];
        host.CopyTo(_pattern, 0);
        BinaryPrimitives.WriteInt32BigEndian(_pattern.AsSpan(host.Length), Port);
    }

    public int Port { get; }

    /// <summary>Replaces it wherever it stands.</summary>
    public void Replace(Span<byte> bytes, int port)
    {
        for (var at = bytes.IndexOf(_pattern); at >= 0; at = bytes.IndexOf(_pattern))
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes[(at + _hostLength)..], port);
            bytes = bytes[(at + _pattern.Length)..];
        }
    }
}
