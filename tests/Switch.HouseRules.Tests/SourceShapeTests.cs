using System.Text.RegularExpressions;

namespace Switch.HouseRules.Tests;

/// <summary>How files look: small, narrow, and named for what they do.</summary>
public sealed partial class SourceShapeTests
{
    private const int FileLinesMax = 300;
    private const int LineLengthMax = 120;
    private static readonly string[] EmptyNames = ["Common", "Core", "Utils", "Util", "Helpers", "Helper", "Misc"];
    private static readonly string[] SourceFolders = ["src", "bench"];

    // Longer files, each with its reason: "path" to "why one file".
    private static readonly Dictionary<string, string> LongFiles = [];

    // Interfaces with one implementation so far, each with its reason.
    private static readonly Dictionary<string, string> SoleInterfaces = new()
    {
        ["IIdempotencyStore"] = "the chaos run replaces the store by one that breaks its promise",
    };

    // Places that swallow every exception, each with its reason.
    private static readonly Dictionary<string, string> Swallowing = new()
    {
        ["src/Switch.Service/Journal/JournalState.cs"] =
            "who listens is the log: when that fails there is nowhere left to say so, and the writer must go on",
    };

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
        var text = TextOf(AllFolders);
        var interfaces = Interface().Matches(TextOf("src")).Select(m => m.Groups[1].Value).ToList();
        Assert.NotEmpty(interfaces);
        Assert.Empty(SoleInterfaces.Keys.Except(interfaces));
        var lonely = interfaces.Where(name => Implementations(text, name) < 2).Except(SoleInterfaces.Keys);
        Assert.Empty(lonely);
    }

    [Theory]
    [InlineData("class One : IPort { } class Two(IPort inner) : Base, IPort { }", 2)]
    [InlineData("class One : IPort { } class Two(IPort inner, IPort other) { }", 1)]
    [InlineData("class One(int a)\n    : IPort { } record Two : IPortal { }", 1)]
    public void Interface_ItsImplementations_AreCounted(string text, int expected) =>
        Assert.Equal(expected, Implementations(text, "IPort"));

    [Fact]
    public void SwallowedExceptions_InSource_None()
    {
        var swallowing = Repository.Sources("src").Where(f => Swallows(string.Join('\n', f.Lines))).Select(f => f.Path);
        Assert.Equal(Swallowing.Keys.Order(), swallowing.Order());
    }

    [Theory]
    [InlineData("catch { }", true)]
    [InlineData("catch (Exception)\n{\n    // A comment is no statement.\n}", true)]
    [InlineData("catch (Exception e) { /* nor\n is this */ }", true)]
    [InlineData("catch (Exception) when (isStopping) { }", true)]
    [InlineData("catch (Exception e) when (isStopping && e is IOException) { }", false)]
    [InlineData("catch (IOException) { }", false)]
    [InlineData("catch (Exception) { failed++; }", false)]
    public void SwallowedExceptions_WhatIsOne(string text, bool isOne) => Assert.Equal(isOne, Swallows(text));

    private static string TextOf(params string[] folders) =>
        string.Join('\n', Repository.Sources(folders).SelectMany(f => f.Lines));

    private static int Implementations(string text, string name) => Regex.Count(
        text, $@"\b(class|struct|record)\s+\w+(\([^)]*\))?\s*:[^{{;]*\b{name}\b(?=[^{{;]*[{{;])");

    // A catch of everything, or filtered by something else than the type, whose block has no statement.
    private static bool Swallows(string text) => Catch().Matches(Comment().Replace(text, "")).Any(
        m => CatchesAll().IsMatch(m.Groups["what"].Value));

    private static bool IsEmptyName(string name) =>
        EmptyNames.Any(
            empty => name == empty || (name.Length > empty.Length && name.EndsWith(empty, StringComparison.Ordinal)));

    [GeneratedRegex(@"\binterface\s+(I[A-Z]\w*)")]
    private static partial Regex Interface();

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\bcatch\b(?<what>[^{};]*)\{\s*\}")]
    private static partial Regex Catch();

    [GeneratedRegex(@"^\s*(\((System\.)?Exception\b[^)]*\))?\s*(when\b(?!.*\bis\b).*)?$", RegexOptions.Singleline)]
    private static partial Regex CatchesAll();
}
