using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.ObjectPool;

namespace Switch.Service.Keys;

/// <summary>One key of the key file: 32 bytes, an id that may be shown, one purpose.</summary>
[DebuggerDisplay("{ToString(),nq}")]
internal sealed class SwitchKey
{
    /// <summary>Bytes of every key.</summary>
    public const int Length = 32;

    /// <summary>Longest id in characters; it stands in every sealed blob, so it is short.</summary>
    public const int IdLengthMax = 32;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly byte[] _bytes;

    // Setting up a keyed hash costs more than hashing the few fields of a payment with it.
    private readonly ObjectPool<IncrementalHash> _hashes;

    public SwitchKey(string id, KeyPurpose purpose, byte[] bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Length);
        Id = id;
        Purpose = purpose;
        _bytes = bytes;
        _hashes = new DefaultObjectPoolProvider().Create(new HashPolicy(bytes));
    }

    /// <summary>1 to <see cref="IdLengthMax"/> ASCII letters, digits, '.', '_' or '-'.</summary>
    public string Id { get; }

    public KeyPurpose Purpose { get; }

    /// <summary>The secret itself. A method, so that no serializer and no debugger view prints it.</summary>
    public ReadOnlySpan<byte> Secret() => _bytes;

    /// <summary>HMAC-SHA-256 under this key; <paramref name="hash"/> has room for 32 bytes.</summary>
    public void Hash(ReadOnlySpan<byte> data, Span<byte> hash)
    {
        var hasher = _hashes.Get();
        hasher.AppendData(data);
        hasher.GetHashAndReset(hash);
        _hashes.Return(hasher);
    }

    /// <summary>Purpose and id, never the key.</summary>
    public override string ToString() => $"{Purpose} key {Id}";

    private sealed class HashPolicy(byte[] key) : PooledObjectPolicy<IncrementalHash>
    {
        public override IncrementalHash Create() => IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);

        public override bool Return(IncrementalHash hasher) => true;
    }
}
