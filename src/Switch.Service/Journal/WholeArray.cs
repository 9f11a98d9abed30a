using System.Runtime.InteropServices;

namespace Switch.Service.Journal;

/// <summary>Bytes for the drivers that take whole arrays only.</summary>
internal static class WholeArray
{
    /// <summary>The array behind the bytes, which a serializer mostly gives; a copy when it holds more.</summary>
    public static byte[] Of(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetArray(memory, out var segment) && segment.Array is { } array
        && segment.Offset == 0 && segment.Count == array.Length
            ? array
            : memory.ToArray();
}
