using System.Globalization;
using System.Text.RegularExpressions;

namespace Switch.Settlement.Reconciliation;

/// <summary>Why a file is refused: one sentence a fault with file, line and field.</summary>
internal sealed partial class ImportFaults
{
    private const int PanDigitsShown = 4;

    private readonly string _file;
    private readonly List<string> _faults = [];
    private long _more;

    public ImportFaults(string file) => _file = file;

    /// <summary>Why a file is not even read; null when it may be.</summary>
    public static string? OfSize(string path)
    {
        var length = new FileInfo(path).Length;
        return length <= ImportLimits.FileBytesMax
            ? null
            : $"{Path.GetFileName(path)}: {length} bytes are more than {ImportLimits.FileBytesMax}";
    }

    /// <summary>Whether there is any.</summary>
    public bool Any => _faults.Count > 0;

    /// <summary>A fault of a line; line 0 is the file itself.</summary>
    public void Add(long line, string fault)
    {
        if (_faults.Count >= ImportLimits.FaultsMax)
        {
            _more++;
            return;
        }

        _faults.Add(line == 0
            ? $"{_file}: {fault}"
            : string.Create(CultureInfo.InvariantCulture, $"{_file}:{line}: {fault}"));
    }

    /// <summary>
    /// A field as a fault may quote it: what looks like a card's number keeps its last four digits. A column that is
    /// mapped wrongly may hold one.
    /// </summary>
    public static string Masked(string field) => CardNumber().Replace(field, static match =>
    {
        var hidden = match.Value.Count(char.IsAsciiDigit) - PanDigitsShown;
        return new string([.. match.Value.Select(c => char.IsAsciiDigit(c) && hidden-- > 0 ? '*' : c)]);
    });

    /// <summary>The faults; the last says how many more there were.</summary>
    public IReadOnlyList<string> List() => _more == 0
        ? _faults
        : [.. _faults, string.Create(CultureInfo.InvariantCulture, $"{_file}: and {_more} more faults")];

    // Twelve digits and more, with or without spaces or dashes between.
    [GeneratedRegex("[0-9]([ -]?[0-9]){11,}", RegexOptions.CultureInvariant)]
    private static partial Regex CardNumber();
}

/// <summary>A file that was read whole, or why it was not.</summary>
/// <param name="File">What it holds; null when it is refused.</param>
/// <param name="Faults">Why it is refused; empty when it is not.</param>
internal sealed record Imported<T>(T? File, IReadOnlyList<string> Faults)
    where T : class;
