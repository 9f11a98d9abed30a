using System.Text.RegularExpressions;

namespace Switch.Contracts.Tests;

/// <summary>
/// A contract that does not say its units and ranges, and who sets what, is half a contract: every field explains
/// itself.
/// </summary>
public sealed partial class CommentTests
{
    // Requests of terminals are written by others than read this: there each field says it for itself.
    private static readonly string[] SaidOfEachField = ["AuthorizeRequest", "AuthorizeStreamRequest"];

    public static TheoryData<string> ProtoFiles()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "../../../../../src/Switch.Contracts/protos");
        return new TheoryData<string>(Directory.EnumerateFiles(folder, "*.proto", SearchOption.AllDirectories).Order());
    }

    [Theory]
    [MemberData(nameof(ProtoFiles))]
    public void Field_InEveryMessage_HasAComment(string path) =>
        Assert.Empty(Fields(path).Where(field => field.Comment.Length == 0).Select(field => field.Place));

    [Theory]
    [MemberData(nameof(ProtoFiles))]
    public void Field_OrItsWholeMessage_SaysWhoSetsIt(string path) =>
        Assert.Empty(Fields(path)
            .Where(field => !Setter().IsMatch(field.Comment)
                && (SaidOfEachField.Contains(field.Message) || !SetterOfAll().IsMatch(field.MessageComment)))
            .Select(field => field.Place));

    [Theory]
    [MemberData(nameof(ProtoFiles))]
    public void Field_OfNumbersTextOrTime_SaysItsRange(string path) =>
        Assert.Empty(Fields(path).Where(field => !RangeOf(field.Type).IsMatch(field.Comment)).Select(f => f.Place));

    [Fact]
    public void LateReversals_AreDescribed_ByTheirEventIds()
    {
        var events = Fields(ProtoFiles().Select(row => row.Data).Single(path => path.EndsWith("events.proto")))
            .First(field => field.Message == "TransactionEvent");
        foreach (var type in (string[])["queued", "acknowledged", "parked", "closed"])
            Assert.Contains($"<transaction_id>.late_reversal_{type}", events.MessageComment, StringComparison.Ordinal);
        Assert.Contains("sequence is the number of the type", events.MessageComment, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("string name = 1;", "string")]
    [InlineData("repeated string name = 1;", "string")]
    [InlineData("optional int32 name = 1;", "int32")]
    [InlineData("int64 name = 1 [deprecated = true];", "int64")]
    [InlineData("bytes name = 1 [", "bytes")]
    [InlineData("map<string, int32> name = 1;", "int32")]
    [InlineData("map<string, google.protobuf.Timestamp> name = 1 [json_name = \"n\"];", "google.protobuf.Timestamp")]
    public void Field_InEveryForm_IsSeen(string declaration, string type)
    {
        var field = Assert.Single(Fields("a.proto", ["message A {", "  " + declaration]));
        Assert.Equal(("a.proto:2 A.name", type), (field.Place, field.Type));
    }

    private static Regex RangeOf(string type) => type switch
    {
        "int32" or "int64" => RangeOfNumber(),
        "string" or "bytes" => RangeOfText(),
        "google.protobuf.Timestamp" => Utc(),
        _ => Anything(),
    };

    // Comments stand above what they explain, line by line, and say nothing of what follows an empty line.
    private static List<Field> Fields(string path) => Fields(Path.GetFileName(path), File.ReadLines(path));

    private static List<Field> Fields(string file, IEnumerable<string> lines)
    {
        var fields = new List<Field>();
        var (message, messageComment, comment, line) = ("", "", "", 0);
        foreach (var text in lines)
        {
            line++;
            var trimmed = text.Trim();
            if (trimmed.StartsWith("//", StringComparison.Ordinal))
            {
                comment += trimmed[2..].Trim() + " ";
                continue;
            }

            if (Message().Match(text) is { Success: true } opened)
                (message, messageComment) = (opened.Groups[1].Value, comment);
            else if (FieldLine().Match(text) is { Success: true } field)
            {
                var place = $"{file}:{line} {message}.{field.Groups[2].Value}";
                fields.Add(new Field(place, message, messageComment, field.Groups[1].Value, comment));
            }

            comment = "";
        }

        Assert.NotEmpty(fields);
        return fields;
    }

    [GeneratedRegex(@"^message (\w+) \{")]
    private static partial Regex Message();

    // Of a map its values' type counts.
    [GeneratedRegex(
        @"^\s+(?:repeated |optional )?(?:map\s*<\s*\w+\s*,\s*)?([a-zA-Z0-9_.]+)\s*>?\s+([a-z0-9_]+)\s*=\s*\d+\s*[;\[]")]
    private static partial Regex FieldLine();

    [GeneratedRegex(
        @"\b([Ss]et by (the (terminal|concentrator|operator|switch|caller)|settlement)|From the request)\b")]
    private static partial Regex Setter();

    [GeneratedRegex(@"\bEvery field is set by (the (terminal|operator|switch|caller)|settlement|whoever)\b")]
    private static partial Regex SetterOfAll();

    [GeneratedRegex(@"\d to \d|\d or more")]
    private static partial Regex RangeOfNumber();

    [GeneratedRegex(@"\b(characters|letters|digits|bytes|one of the words)\b|YYYY-MM-DD", RegexOptions.IgnoreCase)]
    private static partial Regex RangeOfText();

    [GeneratedRegex(@"\(UTC\)")]
    private static partial Regex Utc();

    [GeneratedRegex("")]
    private static partial Regex Anything();

    /// <summary>A field and what is said of it and of its message.</summary>
    private sealed record Field(string Place, string Message, string MessageComment, string Type, string Comment);
}
