using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Hashing;
using System.Security.Cryptography;

namespace Switch.Service.Keys;

/// <summary>
/// One derived key for a bounded number of seals, with the random salt that it was derived from and the counter of its
/// nonces. No two epochs share a salt, and one caller at a time has an epoch (<see cref="SealEpochs"/>), so a counter
/// without a lock gives no nonce twice under one key. Only the AES object keeps the key, and wipes it when disposed.
/// </summary>
[DebuggerDisplay("{ToString(),nq}")]
internal sealed class SealEpoch : IDisposable
{
    public const int SaltLength = 16;
    public const int NonceLength = 12;
    public const int TagLength = 16;

    /// <summary>
    /// Most seals of one epoch. NIST SP 800-38D bounds nonces that count by the width of their counter (8.2.1, here
    /// 2^32), and all that are not counted by 2^32 (8.3). This is 4,096 times below, and to set up an epoch so rarely
    /// costs nothing.
    /// </summary>
    public const int SealsMax = 1 << 20;

    /// <summary>
    /// Oldest epoch that seals: a derived key that leaks opens what one epoch sealed in an hour. One that lies idle for
    /// longer is disposed when it is next taken.
    /// </summary>
    public static readonly TimeSpan AgeMax = TimeSpan.FromHours(1);

    private const int ContextLength = NonceLength - sizeof(uint);

    private readonly AesGcm _aes;
    private readonly byte[] _salt = new byte[SaltLength];
    private readonly int _sealsMax;
    private readonly TimeProvider _time;
    private readonly long _startedAt;
    private int _seals;

    public SealEpoch(SwitchKey key, TimeProvider time, int sealsMax)
    {
        _sealsMax = sealsMax;
        _time = time;
        _startedAt = time.GetTimestamp();
        RandomNumberGenerator.Fill(_salt);
        Span<byte> derived = stackalloc byte[SwitchKey.Length];
        try
        {
            SealKeyDerivation.OfSalt(key, _salt, derived);
            _aes = new AesGcm(derived, TagLength);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    /// <summary>Public: it stands in every blob.</summary>
    public ReadOnlySpan<byte> Salt => _salt;

    /// <summary>Whether it has sealed as often as it may.</summary>
    public bool IsSpent => _seals >= _sealsMax;

    /// <summary>Whether it is too old to seal.</summary>
    public bool IsOld => _time.GetElapsedTime(_startedAt) >= AgeMax;

    /// <summary>
    /// Encrypts once under a nonce that it writes: 8 bytes of the transaction's hash, then the counter, big-endian.
    /// </summary>
    /// <remarks>
    /// The counter alone makes the nonce unique. The hash is for a process whose memory was copied, as by resuming one
    /// snapshot of a virtual machine twice: both go on with the same counter, yet seal other transactions.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The epoch is spent: a bug of the caller.</exception>
    public void Encrypt(
        ReadOnlySpan<byte> plain,
        ReadOnlySpan<byte> associated,
        ReadOnlySpan<byte> transactionId,
        Span<byte> nonce,
        Span<byte> tag,
        Span<byte> cipher)
    {
        if (IsSpent) throw new InvalidOperationException("The epoch is spent.");
        BinaryPrimitives.WriteUInt64BigEndian(nonce, XxHash3.HashToUInt64(transactionId));
        // Counted before it is used: a nonce whose encryption failed is not used again.
        BinaryPrimitives.WriteUInt32BigEndian(nonce[ContextLength..], (uint)_seals++);
        _aes.Encrypt(nonce, plain, cipher, tag, associated);
    }

    public void Dispose() => _aes.Dispose();

    /// <summary>How often it has sealed, never its key.</summary>
    public override string ToString() => $"epoch of {_seals} seals";
}
