using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;

namespace Switch.Service.Journal.Records;

/// <content>What tells one attempt of a transaction from another.</content>
internal sealed partial class AttemptRecord
{
    private const int TagBytes = 4;

    private byte[]? _encoded;

    /// <summary>
    /// Its bytes, for the claim and for what reverses it. Made once, so nothing of it may change once they were asked
    /// for.
    /// </summary>
    public byte[] Encoded => _encoded ??= this.ToByteArray();

    /// <summary>
    /// A short name among the attempts of the same transaction: 8 lower-case hexadecimal digits, the same in every
    /// instance.
    /// </summary>
    public string Tag
    {
        get
        {
            var name = Encoding.UTF8.GetBytes(FormattableString.Invariant($"{Acquirer}/{TransmissionDateTime}/{Stan}"));
            return Convert.ToHexStringLower(SHA256.HashData(name).AsSpan(0, TagBytes));
        }
    }

    /// <summary>Reads one; false when the bytes are none.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out AttemptRecord? attempt)
    {
        try
        {
            attempt = Parser.ParseFrom(bytes.Span);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            attempt = null;
            return false;
        }
    }

    /// <summary>Whether both speak of the same message to the same acquirer.</summary>
    public bool IsSame(AttemptRecord? other) =>
        other is not null && Acquirer == other.Acquirer && Stan == other.Stan
        && TransmissionDateTime == other.TransmissionDateTime;
}
