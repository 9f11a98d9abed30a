using System.Security.Cryptography;
using System.Text;

namespace Switch.Settlement.Files;

/// <summary>Writes a file whole or not at all, with its SHA-256 beside it.</summary>
internal static class AtomicFile
{
    /// <summary>What the name of the sidecar ends with: <c>sha256sum -c</c> reads it.</summary>
    public const string DigestSuffix = ".sha256";

    private const int BufferBytes = 64 * 1024;

    /// <summary>
    /// Writes beside the target and renames, so that a reader sees the old file or the new one. Makes the folder.
    /// Beside it stands "digest, two spaces, file name" in a file with <see cref="DigestSuffix"/>; it is taken away
    /// before the target changes and put back after, so that it is there only when it is of the file beside it. Of two
    /// writers at once the last stands whole. What a kill leaves is for <see cref="TemporaryFile.DropLeftovers"/>.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="content">Writes the content; what it throws leaves the old file and goes on to the caller.</param>
    /// <returns>SHA-256 of the content, 64 lower-case hexadecimal digits.</returns>
    /// <exception cref="IOException">The disk is full or fails; the old file stands.</exception>
    public static string Write(string path, Action<Stream> content)
    {
        var full = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(full)!;
        Directory.CreateDirectory(folder);
        var target = TemporaryFile.Of(full);
        var sidecar = TemporaryFile.Of(full + DigestSuffix);
        try
        {
            var digest = Fill(target, content);
            Fill(sidecar, stream => stream.Write(Encoding.UTF8.GetBytes($"{digest}  {Path.GetFileName(full)}\n")));
            if (IsOf(full, digest))
            {
                // Only the sidecar may be missing, from a kill.
                File.Delete(target);
            }
            else
            {
                File.Delete(full + DigestSuffix);
                FolderSync.Run(folder);
                File.Move(target, full, overwrite: true);
                FolderSync.Run(folder);
            }

            File.Move(sidecar, full + DigestSuffix, overwrite: true);
            FolderSync.Run(folder);
            return digest;
        }
        catch
        {
            File.Delete(target);
            File.Delete(sidecar);
            throw;
        }
    }

    private static string Fill(string temporary, Action<Stream> content)
    {
        using var file = new FileStream(
            temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, BufferBytes);
        content(file);
        file.Flush(flushToDisk: true);
        // What is on the disk is hashed, not what was meant to be there.
        file.Position = 0;
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static bool IsOf(string path, string digest)
    {
        if (!File.Exists(path)) return false;
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file)) == digest;
    }
}
