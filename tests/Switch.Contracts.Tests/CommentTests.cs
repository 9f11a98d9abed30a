using System.Text.RegularExpressions;

namespace Switch.Contracts.Tests;

/// <summary>
/// A contract that does not say its units and ranges is half a contract: every field explains itself.
/// </summary>
public sealed partial class CommentTests
{
    public static TheoryData<string> ProtoFiles()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "../../../../../src/Switch.Contracts/protos");
        return new TheoryData<string>(Directory.EnumerateFiles(folder, "*.proto", SearchOption.AllDirectories).Order());
    }

    [Theory]
    [MemberData(nameof(ProtoFiles))]
    public void Field_InEveryMessage_HasAComment(string path)
    {
        var lines = File.ReadAllLines(path);
        for (var i = 1; i < lines.Length; i++)
        {
            if (!Field().IsMatch(lines[i])) continue;
            var hasComment = lines[i - 1].TrimStart().StartsWith("//", StringComparison.Ordinal);
            Assert.True(hasComment, $"{Path.GetFileName(path)}:{i + 1} has no comment");
        }
    }

    [GeneratedRegex(@"^\s+(repeated |optional )?[a-zA-Z0-9_.]+ [a-z0-9_]+ = \d+;")]
    private static partial Regex Field();
}
