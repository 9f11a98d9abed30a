using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Switch.Settlement.Terms;

/// <summary>A node of the file with the line it begins at: a text, a list or keys with values.</summary>
internal sealed class TermsNode
{
    private const int DepthMax = 16;

    private TermsNode(int line) => Line = line;

    public int Line { get; }

    /// <summary>The text; null when the node is no single value.</summary>
    public string? Text { get; private init; }

    /// <summary>The items; null when the node is no list.</summary>
    public List<TermsNode>? Items { get; private init; }

    /// <summary>Keys and values in their order; null when the node has no keys.</summary>
    public List<(string Key, int Line, TermsNode Value)>? Entries { get; private init; }

    /// <summary>
    /// Reads the one document of a text; null with a fault when it is none. Read from the parser's events rather than
    /// by the library's own model, which stops at the first repeated key and follows nesting until the stack ends.
    /// </summary>
    public static TermsNode? Load(string text, TermsFaults faults)
    {
        try
        {
            using var reader = new StringReader(text);
            var parser = new Parser(reader);
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _))
            {
                faults.Add(1, "", "the file is empty");
                return null;
            }

            parser.Consume<DocumentStart>();
            var root = Read(parser, faults, 0);
            parser.Consume<DocumentEnd>();
            if (parser.Accept<StreamEnd>(out _)) return root;
            faults.Add(LineOf(parser.Current!), "", "one document is expected, here a second begins");
        }
        catch (YamlException e)
        {
            faults.Add((int)e.Start.Line, "", $"this is not YAML: {e.Message}");
        }
        catch (InvalidOperationException)
        {
            // The library's scanner throws this for a list or mapping that is never closed.
            faults.Add(1, "", "this is not YAML: a bracket or quote is not closed");
        }

        return null;
    }

    private static TermsNode Read(Parser parser, TermsFaults faults, int depth)
    {
        var line = LineOf(parser.Current!);
        if (depth > DepthMax) throw new YamlException(parser.Current!.Start, parser.Current.End, "it nests too deeply");
        if (parser.TryConsume<Scalar>(out var scalar)) return new TermsNode(line) { Text = scalar.Value };
        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            faults.Add(line, "", $"'*{alias.Value}': an alias is not taken here; write the value out");
            return new TermsNode(line) { Text = "" };
        }

        if (parser.TryConsume<SequenceStart>(out _))
        {
            var items = new List<TermsNode>();
            while (!parser.TryConsume<SequenceEnd>(out _)) items.Add(Read(parser, faults, depth + 1));
            return new TermsNode(line) { Items = items };
        }

        parser.Consume<MappingStart>();
        return new TermsNode(line) { Entries = Entry(parser, faults, depth) };
    }

    private static List<(string, int, TermsNode)> Entry(Parser parser, TermsFaults faults, int depth)
    {
        var entries = new List<(string, int, TermsNode)>();
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = Read(parser, faults, depth + 1);
            var value = Read(parser, faults, depth + 1);
            if (key.Text is not { Length: > 0 } name) faults.Add(key.Line, "", "a key is a plain word");
            else if (!first.TryAdd(name, key.Line))
                faults.Add(key.Line, "", $"key '{name}' is repeated; it stands at line {first[name]} already");
            else entries.Add((name, key.Line, value));
        }

        return entries;
    }

    private static int LineOf(ParsingEvent e) => (int)Math.Min(e.Start.Line, int.MaxValue);
}
