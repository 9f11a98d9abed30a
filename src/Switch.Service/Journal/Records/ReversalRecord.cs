using Google.Protobuf;

namespace Switch.Service.Journal.Records;

/// <content>How it is written.</content>
internal sealed partial class ReversalRecord
{
    /// <summary>
    /// The bytes of this record with that original. They are those that it would have with
    /// <see cref="Original"/> set; but the original's are not made again, which is most of the work.
    /// </summary>
    /// <param name="original">What is reversed; <see cref="Original"/> must be null.</param>
    public byte[] EncodeOf(AttemptRecord original)
    {
        var originalBytes = UnsafeByteOperations.UnsafeWrap(original.Encoded);
        var tag = CodedOutputStream.ComputeTagSize(OriginalFieldNumber);
        var bytes = new byte[tag + CodedOutputStream.ComputeBytesSize(originalBytes) + CalculateSize()];
        using var output = new CodedOutputStream(bytes);
        // A field that is a message is written as bytes are.
        output.WriteTag(OriginalFieldNumber, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(originalBytes);
        WriteTo(output);
        output.CheckNoSpaceLeft();
        return bytes;
    }
}
