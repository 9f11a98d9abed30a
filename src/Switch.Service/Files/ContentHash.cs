using System.Security.Cryptography;

namespace Switch.Service.Files;

/// <summary>
/// Tells whether files changed by what they hold. Not by their times: a Kubernetes secret changes behind symbolic links
/// whose own times stay, and a file that was made before the present one may be put in its place.
/// </summary>
internal static class ContentHash
{
    /// <summary>Of contents in this order; null stands for a file that can't be read.</summary>
    public static string Of(params ReadOnlySpan<byte[]?> contents)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var content in contents)
        {
            // The length goes in first, so that no two different rows of files give the same sequence of bytes.
            hash.AppendData(BitConverter.GetBytes(content?.LongLength ?? -1));
            hash.AppendData(content ?? []);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>Of files as they are now.</summary>
    public static string OfFiles(IReadOnlyList<string> paths) => Of([.. paths.Select(ReadOrNull)]);

    private static byte[]? ReadOrNull(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whoever loads it tries again and says why; here it only counts that there is nothing.
            return null;
        }
    }
}
