using System.Security.Cryptography;
using Switch.Settlement.Files;

namespace Switch.Settlement.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("switch-files-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Write_IntoAFolderThatIsNotThere_MakesItAndTheDigest()
    {
        var path = Path.Combine(_folder, "2026-01-30", "a.csv");
        var digest = AtomicFile.Write(path, stream => stream.Write("one\n"u8));

        Assert.Equal("one\n", File.ReadAllText(path));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("one\n"u8)), digest);
        Assert.Equal($"{digest}  a.csv\n", File.ReadAllText(path + ".sha256"));
        Assert.Equal(2, Directory.GetFiles(Path.GetDirectoryName(path)!).Length);
    }

    [Fact]
    public void Write_DiskFailsMidway_LeavesTheOldFileAndNothingElse()
    {
        var path = Path.Combine(_folder, "a.csv");
        AtomicFile.Write(path, stream => stream.Write("old\n"u8));

        Assert.Throws<IOException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write(new byte[200_000]);
            throw new IOException("No space left on device");
        }));

        Assert.Equal("old\n", File.ReadAllText(path));
        Assert.Equal(["a.csv", "a.csv.sha256"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void DropLeftovers_AfterAKill_TakesAwayWhatIsOldAndOursOnly()
    {
        var left = $".a.csv.{new string('0', 32)}.tmp";
        string[] others = [$".b.csv.{new string('1', 32)}.tmp", ".a.csv.0123.tmp", $"a.{new string('2', 32)}.tmp"];
        foreach (var name in others.Append(left)) File.WriteAllText(Path.Combine(_folder, name), "half a li");
        foreach (var name in others.Skip(1).Append(left))
        {
            File.SetLastWriteTimeUtc(
                Path.Combine(_folder, name), new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        }

        TemporaryFile.DropLeftovers(_folder);
        TemporaryFile.DropLeftovers(Path.Combine(_folder, "none"));

        // The first is young: somebody may be writing it.
        Assert.Equal(others.Order(), Directory.GetFiles(_folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Write_IntoALargeFolder_DoesNotReadIt()
    {
        var left = Path.Combine(_folder, $".a.csv.{new string('0', 32)}.tmp");
        File.WriteAllText(left, "half a li");
        File.SetLastWriteTimeUtc(left, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        AtomicFile.Write(Path.Combine(_folder, "a.csv"), stream => stream.Write("new\n"u8));
        // Whoever writes many files there looks for leftovers once.
        Assert.True(File.Exists(left));
    }

    [Fact]
    public void Write_AnotherWriterFailsMeanwhile_TheFirstIsWhole()
    {
        var path = Path.Combine(_folder, "a.csv");
        AtomicFile.Write(path, stream =>
        {
            stream.Write("first\n"u8);
            Assert.Throws<IOException>(() => AtomicFile.Write(path, _ => throw new IOException("disk")));
        });

        Assert.Equal("first\n", File.ReadAllText(path));
        Assert.Equal(["a.csv", "a.csv.sha256"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Write_EndsBetweenFileAndDigest_LeavesNoDigestOfTheOldFile()
    {
        var path = Path.Combine(_folder, "a.csv");
        AtomicFile.Write(path, stream => stream.Write("old\n"u8));
        // A folder in its place: the file cannot be put there, as when the program ended at that moment.
        File.Delete(path);
        Directory.CreateDirectory(path);
        Assert.ThrowsAny<SystemException>(() => AtomicFile.Write(path, stream => stream.Write("new\n"u8)));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void Write_TheSameContentWithoutItsDigest_PutsItBack()
    {
        var path = Path.Combine(_folder, "a.csv");
        File.WriteAllText(path, "new\n");
        var digest = AtomicFile.Write(path, stream => stream.Write("new\n"u8));
        Assert.Equal($"{digest}  a.csv\n", File.ReadAllText(path + ".sha256"));
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void Write_FolderIsAFile_Throws()
    {
        File.WriteAllText(Path.Combine(_folder, "taken"), "");
        Assert.Throws<IOException>(() => AtomicFile.Write(Path.Combine(_folder, "taken", "a.csv"), _ => { }));
    }
}
