namespace Switch.Routing;

/// <summary>Three capital letters of ISO 4217 in two bytes. The default value means no currency.</summary>
public readonly record struct CurrencyCode
{
    /// <summary>How many values <see cref="Number"/> can take, the default included.</summary>
    internal const int Count = (26 * 26 * 26) + 1;

    private CurrencyCode(int number) => Number = (ushort)number;

    /// <summary>0 for none, otherwise 1 to 17,576 in alphabetical order; an array index.</summary>
    internal ushort Number { get; }

    /// <summary>Reads exactly three capital letters; whether such a currency exists is not looked at.</summary>
    /// <returns>False, and no currency, for anything else.</returns>
    public static bool TryParse(ReadOnlySpan<char> letters, out CurrencyCode currency)
    {
        currency = default;
        if (letters.Length != 3) return false;
        int number = 0;
        foreach (char letter in letters)
        {
            if (!char.IsAsciiLetterUpper(letter)) return false;
            number = (number * 26) + (letter - 'A');
        }
        currency = new CurrencyCode(number + 1);
        return true;
    }

    /// <summary>The three letters, or the empty string for none.</summary>
    public override string ToString()
    {
        if (Number == 0) return "";
        int rest = Number - 1;
        Span<char> letters =
            [(char)('A' + (rest / 676)), (char)('A' + (rest / 26 % 26)), (char)('A' + (rest % 26))];
        return new string(letters);
    }
}
