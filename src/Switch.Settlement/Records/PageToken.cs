using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Google.Protobuf;
using Switch.Contracts.V1;

namespace Switch.Settlement.Records;

/// <summary>Behind which payment a page begins, and in which making of the books that payment has that id.</summary>
internal readonly record struct PagePlace(long BeforeMs, long BeforeId, long Generation);

/// <summary>
/// Where the next page begins, and of which search: a token of another search is refused instead of answered with
/// something that was not asked for.
/// </summary>
internal static class PageToken
{
    private const byte Version = 2;
    private const int SearchBytes = 8;
    private const int Size = 1 + SearchBytes + 8 + 8 + 8;

    public static string Of(FindPaymentsRequest request, PagePlace place)
    {
        Span<byte> bytes = stackalloc byte[Size];
        bytes[0] = Version;
        WriteSearch(request, bytes.Slice(1, SearchBytes));
        BinaryPrimitives.WriteInt64BigEndian(bytes[(1 + SearchBytes)..], place.BeforeMs);
        BinaryPrimitives.WriteInt64BigEndian(bytes[(1 + SearchBytes + 8)..], place.BeforeId);
        BinaryPrimitives.WriteInt64BigEndian(bytes[(1 + SearchBytes + 16)..], place.Generation);
        return Base64Url.EncodeToString(bytes);
    }

    public static bool TryRead(FindPaymentsRequest request, out PagePlace place)
    {
        place = default;
        Span<byte> bytes = stackalloc byte[Size];
        // One more than fits is refused by the length, before anything is decoded.
        if (request.PageToken.Length != Base64Url.GetEncodedLength(Size)
            || !Base64Url.TryDecodeFromChars(request.PageToken, bytes, out var written)
            || written != Size
            || bytes[0] != Version) return false;
        Span<byte> search = stackalloc byte[SearchBytes];
        WriteSearch(request, search);
        if (!search.SequenceEqual(bytes.Slice(1, SearchBytes))) return false;
        place = new PagePlace(
            BinaryPrimitives.ReadInt64BigEndian(bytes[(1 + SearchBytes)..]),
            BinaryPrimitives.ReadInt64BigEndian(bytes[(1 + SearchBytes + 8)..]),
            BinaryPrimitives.ReadInt64BigEndian(bytes[(1 + SearchBytes + 16)..]));
        return true;
    }

    // The size of a page may change on the way.
    private static void WriteSearch(FindPaymentsRequest request, Span<byte> into)
    {
        var criteria = request.Clone();
        criteria.PageSize = 0;
        criteria.PageToken = "";
        SHA256.HashData(criteria.ToByteArray()).AsSpan(0, SearchBytes).CopyTo(into);
    }
}
