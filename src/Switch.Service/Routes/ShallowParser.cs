using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Switch.Service.Routes;

/// <summary>
/// Refuses nesting that no routing file has. Nodes are loaded by recursion, and a file of brackets would otherwise end
/// the process by overflowing its stack.
/// </summary>
internal sealed class ShallowParser : IParser
{
    private const int DepthMax = 16;

    private readonly Parser _parser;
    private int _depth;

    internal ShallowParser(Parser parser) => _parser = parser;

    /// <inheritdoc />
    public ParsingEvent? Current => _parser.Current;

    /// <inheritdoc />
    public bool MoveNext()
    {
        if (!_parser.MoveNext()) return false;
        ParsingEvent current = _parser.Current!;
        _depth += current.NestingIncrease;
        if (_depth > DepthMax) throw new YamlException(current.Start, current.End, "it nests too deeply");
        return true;
    }
}
