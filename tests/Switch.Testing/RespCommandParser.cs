using System.Globalization;
using System.Text;

namespace Switch.Testing;

/// <summary>
/// Finds the commands in what a client sends to a Redis-protocol server, however the bytes are cut: arrays of bulk
/// strings, the first of which is the command's name.
/// </summary>
internal sealed class RespCommandParser(Action<string> onCommand)
{
    private const int LineEnd = 2;
    private readonly StringBuilder _text = new();
    private int _arguments;
    private bool _isName;
    private long _bulk;

    /// <summary>Takes the next bytes.</summary>
    /// <exception cref="InvalidDataException">They are no array of bulk strings.</exception>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_bulk > 0)
            {
                var part = bytes[..(int)Math.Min(_bulk, bytes.Length)];
                if (_isName) _text.Append(Encoding.ASCII.GetString(part));
                _bulk -= part.Length;
                bytes = bytes[part.Length..];
                if (_bulk == 0) EndOfBulk();
                continue;
            }

            if (bytes[0] == '\n') EndOfLine();
            else if (bytes[0] != '\r') _text.Append((char)bytes[0]);
            bytes = bytes[1..];
        }
    }

    private void EndOfLine()
    {
        var line = _text.ToString();
        _text.Clear();
        if (line.Length < 2 || !int.TryParse(line.AsSpan(1), CultureInfo.InvariantCulture, out var n))
            throw new InvalidDataException($"no length: {line}");
        if (line[0] == '*' && _arguments == 0) (_arguments, _isName) = (n, true);
        else if (line[0] == '$' && _arguments > 0) _bulk = n + LineEnd;
        else throw new InvalidDataException($"not expected here: {line}");
    }

    private void EndOfBulk()
    {
        _arguments--;
        if (!_isName) return;
        _isName = false;
        onCommand(_text.ToString().TrimEnd().ToLowerInvariant());
        _text.Clear();
    }
}
