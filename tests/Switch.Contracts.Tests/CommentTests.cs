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

    private static Regex RangeOf(string type) => type switch
    {
        "int32" or "int64" => RangeOfNumber(),
        "string" or "bytes" => RangeOfText(),
        "google.protobuf.Timestamp" => Utc(),
        _ => Anything(),
    };

    // Comments stand above what they explain, line by line, and say nothing of what follows an empty line.
    private static List<Field> Fields(string path)
    {
        var fields = new List<Field>();
        var (message, messageComment, comment, line) = ("", "", "", 0);
        foreach (var text in File.ReadLines(path))
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
                var place = $"{Path.GetFileName(path)}:{line} {message}.{field.Groups[2].Value}";
                fields.Add(new Field(place, message, messageComment, field.Groups[1].Value, comment));
            }

            comment = "";
        }

        Assert.NotEmpty(fields);
        return fields;
    }

    [GeneratedRegex(@"^message (\w+) \{")]
    private static partial Regex Message();

    [GeneratedRegex(@"^\s+(?:repeated |optional )?([a-zA-Z0-9_.]+) ([a-z0-9_]+) = \d+;")]
    private static partial Regex FieldLine();

    [GeneratedRegex(@"\b([Ss]et by the (terminal|concentrator|operator|switch)|From the request)\b")]
    private static partial Regex Setter();

    [GeneratedRegex(@"\bEvery field is set by (the (terminal|operator|switch)|whoever)\b")]
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
