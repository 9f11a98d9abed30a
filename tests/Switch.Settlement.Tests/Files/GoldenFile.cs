using System.Runtime.CompilerServices;
using System.Text;

namespace Switch.Settlement.Tests.Files;

/// <summary>
/// Files as they must be, byte for byte. <c>SWITCH_GOLDEN=write</c> writes them anew, for a person to read the diff.
/// </summary>
internal static class GoldenFile
{
    private static readonly UTF8Encoding Utf8 = new(false, true);

    /// <summary>Writes twice and holds both against the golden file.</summary>
    public static void Check(string name, Action<Stream> write)
    {
        var first = Bytes(write);
        Assert.Equal(first, Bytes(write));
        var path = Path.Combine(Folder(), name);
        if (Environment.GetEnvironmentVariable("SWITCH_GOLDEN") == "write") File.WriteAllBytes(path, first);
        Assert.Equal(File.ReadAllText(path, Utf8), Utf8.GetString(first));
        Assert.Equal(File.ReadAllBytes(path), first);
    }

    public static byte[] Bytes(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return stream.ToArray();
    }

    private static string Folder([CallerFilePath] string file = "") =>
        Path.Combine(Path.GetDirectoryName(file)!, "Golden");
}
