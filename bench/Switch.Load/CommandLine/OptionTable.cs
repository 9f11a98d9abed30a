using System.Globalization;
using System.Text;

namespace Switch.Load.CommandLine;

/// <summary>
/// The options of one verb: read from the command line, every fault named, and shown by --help from the same rows.
/// </summary>
internal sealed class OptionTable
{
    private const int HelpColumn = 26;
    private readonly List<Row> _rows = [];
    private readonly List<string> _faults = [];

    public OptionTable() => Flag("--help", "show this", () => IsHelp = true);

    /// <summary>Whether --help was there.</summary>
    public bool IsHelp { get; private set; }

    /// <summary>An option without a value.</summary>
    public OptionTable Flag(string name, string help, Action set) => Add(name, null, help, _ =>
    {
        set();
        return null;
    });

    /// <summary>Any text but none.</summary>
    public OptionTable Text(string name, string value, string help, Action<string> set) =>
        Add(name, value, help, text =>
        {
            set(text);
            return text.Length > 0 ? null : "is empty";
        });

    /// <summary>A text that the caller judges: null, or what is wrong with it.</summary>
    public OptionTable Checked(string name, string value, string help, Func<string, string?> set) =>
        Add(name, value, help, set);

    /// <summary>A whole number.</summary>
    public OptionTable Whole(string name, int min, int max, string help, Action<int> set) =>
        Add(name, "N", help, text =>
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || number < min || number > max) return $"must be a whole number from {min} to {max}";
            set(number);
            return null;
        });

    /// <summary>Whole numbers with commas between, each above the one before.</summary>
    public OptionTable Sizes(string name, int min, int max, string help, Action<IReadOnlyList<int>> set) =>
        Add(name, "N,N,...", help, text =>
        {
            var sizes = new List<int>();
            foreach (var part in text.Split(','))
            {
                if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
                    || size < min || size > max || (sizes.Count > 0 && size <= sizes[^1]))
                    return $"must be whole numbers from {min} to {max}, ascending, with commas between";
                sizes.Add(size);
            }

            set(sizes);
            return null;
        });

    /// <summary>Some of a closed set of names with commas between; they come in the order of the set.</summary>
    public OptionTable Some<T>(
        string name, IReadOnlyList<T> all, Func<T, string> nameOf, string help, Action<IReadOnlyList<T>> set) =>
        Add(name, "LIST", help, text =>
        {
            var wanted = text.Split(',');
            if (wanted.Distinct().Count() != wanted.Length || wanted.Except(all.Select(nameOf)).Any())
                return $"must be some of {string.Join(',', all.Select(nameOf))}";
            set([.. all.Where(one => wanted.Contains(nameOf(one)))]);
            return null;
        });

    /// <summary>A number.</summary>
    public OptionTable Number(string name, double min, double max, string help, Action<double> set) =>
        Add(name, "N", help, text =>
        {
            if (!TryNumber(text, out var number) || number < min || number > max)
                return string.Create(CultureInfo.InvariantCulture, $"must be a number from {min} to {max}");
            set(number);
            return null;
        });

    /// <summary>Seconds, with a fraction if need be.</summary>
    public OptionTable Seconds(string name, double min, double max, string help, Action<TimeSpan> set) =>
        Number(name, min, max, help, seconds => set(TimeSpan.FromSeconds(seconds)));

    /// <summary>Reads a finite number without exponent.</summary>
    public static bool TryNumber(string text, out double number) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number)
        && double.IsFinite(number);

    /// <summary>Reads the arguments: every fault, none when they are good.</summary>
    public IReadOnlyList<string> Read(IReadOnlyList<string> args)
    {
        var seen = new HashSet<string>();
        for (var i = 0; i < args.Count; i++)
        {
            var name = args[i] == "-h" ? "--help" : args[i];
            if (_rows.Find(row => row.Name == name) is not { } row)
                _faults.Add($"unknown argument: {name}");
            else if (!seen.Add(name))
                _faults.Add($"{name} is there twice");
            else if (row.Value is null)
                row.Set("");
            else if (i + 1 == args.Count)
                _faults.Add($"{name} lacks its value");
            else if (row.Set(args[++i]) is { } fault)
                _faults.Add($"{name} {fault}, not \"{args[i]}\"");
        }

        return _faults;
    }

    /// <summary>All options with what they mean, one a line.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var row in _rows.Skip(1).Append(_rows[0]))
        {
            var name = $"  {row.Name}{(row.Value is null ? "" : $" {row.Value}")}".PadRight(HelpColumn);
            text.Append(name).Append(name.EndsWith(' ') ? " " : "  ").Append(row.Help).Append('\n');
        }

        return text.ToString();
    }

    private OptionTable Add(string name, string? value, string help, Func<string, string?> set)
    {
        _rows.Add(new Row(name, value, help, set));
        return this;
    }

    private sealed record Row(string Name, string? Value, string Help, Func<string, string?> Set);
}
