using System.Text.RegularExpressions;

namespace Switch.HouseRules.Tests;

/// <summary>How files look: small, narrow, and named for what they do.</summary>
public sealed partial class SourceShapeTests
{
    private const int FileLinesMax = 300;
    private const int LineLengthMax = 120;
    private static readonly string[] EmptyNames = ["Common", "Core", "Utils", "Util", "Helpers", "Helper", "Misc"];
    // An interface earns its place with a second implementation; these are the framework's shapes of one.
    private static readonly string[] SourceFolders = ["src", "bench"];

    // Longer files, each with its reason: "path" to "why one file".
    private static readonly Dictionary<string, string> LongFiles = [];

    private static readonly string[] AllFolders = [.. SourceFolders, "tests"];

    [Fact]
    public void File_Length_IsAtMost300Lines() =>
        Assert.Empty(Repository.Sources(AllFolders)
            .Where(f => f.Lines.Length > FileLinesMax && !LongFiles.ContainsKey(f.Path))
            .Select(f => $"{f.Path}: {f.Lines.Length} lines"));

    [Fact]
    public void LongFiles_AreLongAndSayWhy()
    {
        var lengths = Repository.Sources(AllFolders).ToDictionary(f => f.Path, f => f.Lines.Length);
        Assert.All(LongFiles, f => Assert.True(f.Value.Length > 0 && lengths.GetValueOrDefault(f.Key) > FileLinesMax));
    }

    [Fact]
    public void Line_Length_IsAtMost120() =>
        Assert.Empty(Repository.Sources(AllFolders)
            .SelectMany(f => f.Lines.Select((line, i) => (Where: $"{f.Path}:{i + 1}", line.Length)))
            .Where(l => l.Length > LineLengthMax)
            .Select(l => $"{l.Where}: {l.Length} columns"));

    [Fact]
    public void FoldersAndTypes_Names_SayWhatTheyDo() =>
        Assert.Empty(Repository.Sources([.. SourceFolders, "tests"])
            .Where(f => f.Path.Split('/').Any(part => IsEmptyName(Path.GetFileNameWithoutExtension(part))))
            .Select(f => f.Path));

    [Fact]
    public void Interface_InSource_HasASecondImplementation()
    {
        var sources = Repository.Sources("src", "bench").ToList();
        var text = string.Join('\n', sources.SelectMany(f => f.Lines));
        // A port's second one may be what a test scripts: the flows then run without a disk, a link or a broker.
        var implementations = string.Join('\n', Repository.Sources("src", "bench", "tests").SelectMany(f => f.Lines));
        var lonely = Interface().Matches(text).Select(m => m.Groups[1].Value)
            .Where(name => Regex.Count(implementations, $@"(class|struct|record)\s+\w+[^\n{{;]*[:,]\s*{name}\b") < 2);
        Assert.Empty(lonely);
    }

    [Fact]
    public void SwallowedExceptions_InSource_None()
    {
        var text = Repository.Sources("src").Select(f => (f.Path, Text: string.Join('\n', f.Lines)));
        Assert.Empty(text.Where(f => Swallowed().IsMatch(f.Text)).Select(f => f.Path));
    }

    private static bool IsEmptyName(string name) =>
        EmptyNames.Any(
            empty => name == empty || (name.Length > empty.Length && name.EndsWith(empty, StringComparison.Ordinal)));

    [GeneratedRegex(@"\binterface\s+(I[A-Z]\w*)")]
    private static partial Regex Interface();

    [GeneratedRegex(@"catch\s*(\(Exception[^)]*\))?\s*\{\s*\}")]
    private static partial Regex Swallowed();
}
