namespace Switch.Routing;

/// <summary>Two capital letters of ISO 3166 alpha-2 in two bytes. The default value means unknown.</summary>
public readonly record struct CountryCode
{
    /// <summary>How many values <see cref="Number"/> can take, the default included.</summary>
    internal const int Count = (26 * 26) + 1;

    private CountryCode(int number) => Number = (ushort)number;

    /// <summary>0 for unknown, otherwise 1 to 676 in alphabetical order; an array index.</summary>
    internal ushort Number { get; }

    /// <summary>Reads exactly two capital letters; whether such a country exists is not looked at.</summary>
    /// <returns>False, and unknown, for anything else.</returns>
    public static bool TryParse(ReadOnlySpan<char> letters, out CountryCode country)
    {
        country = default;
        if (letters.Length != 2) return false;
        if (!char.IsAsciiLetterUpper(letters[0]) || !char.IsAsciiLetterUpper(letters[1])) return false;
        country = new CountryCode(((letters[0] - 'A') * 26) + (letters[1] - 'A') + 1);
        return true;
    }

    /// <summary>The two letters, or the empty string for unknown.</summary>
    public override string ToString()
    {
        if (Number == 0) return "";
        Span<char> letters = [(char)('A' + ((Number - 1) / 26)), (char)('A' + ((Number - 1) % 26))];
        return new string(letters);
    }
}
