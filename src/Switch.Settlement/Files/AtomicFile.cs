using System.Security.Cryptography;

namespace Switch.Settlement.Files;

/// <summary>Writes a file whole or not at all, with its SHA-256 beside it.</summary>
internal static class AtomicFile
{
    /// <summary>What the name of the sidecar ends with: <c>sha256sum -c</c> reads it.</summary>
    public const string DigestSuffix = ".sha256";

    private const int BufferBytes = 64 * 1024;

    /// <summary>
    /// Writes beside the target and renames, so that a reader sees the old file or the new one. Makes the folder. Then
    /// writes "digest, two spaces, file name" into a file with <see cref="DigestSuffix"/>.
    /// </summary>
    /// <param name="path">The file. One writer at a time.</param>
    /// <param name="content">Writes the content; what it throws leaves the old file and goes on to the caller.</param>
    /// <returns>SHA-256 of the content, 64 lower-case hexadecimal digits.</returns>
    /// <exception cref="IOException">The disk is full or fails; the old file stands.</exception>
    public static string Write(string path, Action<Stream> content)
    {
        var full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        var digest = Replace(full, content);
        Replace(full + DigestSuffix, stream =>
            stream.Write(System.Text.Encoding.UTF8.GetBytes($"{digest}  {Path.GetFileName(full)}\n")));
        return digest;
    }

    private static string Replace(string path, Action<Stream> content)
    {
        // A fixed name: what a kill left is overwritten by the next run and never piles up.
        var temporary = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.tmp");
        try
        {
            string digest;
            using (var file = new FileStream(
                temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.None, BufferBytes))
            {
                content(file);
                file.Flush(flushToDisk: true);
                // What is on the disk is hashed, not what was meant to be there.
                file.Position = 0;
                digest = Convert.ToHexStringLower(SHA256.HashData(file));
            }

            File.Move(temporary, path, overwrite: true);
            return digest;
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
