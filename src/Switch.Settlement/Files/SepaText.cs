using System.Text;

namespace Switch.Settlement.Files;

/// <summary>
/// Text for banks: the Latin set that every bank of the SEPA area must take (EPC217-08), which is a-z A-Z 0-9 / - ? :
/// ( ) . , ' + and space.
/// </summary>
internal static class SepaText
{
    private const string Punctuation = "/-?:().,'+ ";

    // Own table: the runtime is built without cultures and takes no letter apart.
    private static readonly (string From, string To)[] Letters =
    [
        ("ÀÁÂÃÅĀĂĄ", "A"), ("àáâãåāăą", "a"), ("Ä", "Ae"), ("ä", "ae"), ("Æ", "AE"), ("æ", "ae"), ("ÇĆĈĊČ", "C"),
        ("çćĉċč", "c"), ("ÐĎĐ", "D"), ("ðďđ", "d"), ("ÈÉÊËĒĔĖĘĚ", "E"), ("èéêëēĕėęě", "e"), ("ĜĞĠĢ", "G"),
        ("ĝğġģ", "g"),
        ("ĤĦ", "H"), ("ĥħ", "h"), ("ÌÍÎÏĨĪĬĮİ", "I"), ("ìíîïĩīĭįı", "i"), ("Ĵ", "J"), ("ĵ", "j"), ("Ķ", "K"),
        ("ķ", "k"),
        ("ĹĻĽĿŁ", "L"), ("ĺļľŀł", "l"), ("ÑŃŅŇ", "N"), ("ñńņň", "n"), ("ÒÓÔÕØŌŎŐ", "O"), ("òóôõøōŏő", "o"), ("Ö", "Oe"),
        ("ö", "oe"), ("Œ", "OE"), ("œ", "oe"), ("ŔŖŘ", "R"), ("ŕŗř", "r"), ("ŚŜŞŠȘ", "S"), ("śŝşšș", "s"), ("ẞ", "SS"),
        ("ß", "ss"), ("ŢŤŦȚ", "T"), ("ţťŧț", "t"), ("Þ", "Th"), ("þ", "th"), ("ÙÚÛŨŪŬŮŰŲ", "U"), ("ùúûũūŭůűų", "u"),
        ("Ü", "Ue"), ("ü", "ue"), ("Ŵ", "W"), ("ŵ", "w"), ("ÝŶŸ", "Y"), ("ýŷÿ", "y"), ("ŹŻŽ", "Z"), ("źżž", "z"),
        ("&", "+"), ("€", "E"), ("_–—", "-"), ("‘’´`\"“”", "'"), (";", ","), ("\t\r\n\u00A0", " "), ("[{<", "("),
        ("]}>", ")"),
    ];

    private static readonly Dictionary<char, string> Table = Letters
        .SelectMany(static pair => pair.From.Select(from => (from, pair.To)))
        .ToDictionary(static pair => pair.from, static pair => pair.To);

    /// <summary>
    /// The text in the set: letters lose their marks, what has no like becomes a full stop. Without space at the ends;
    /// cut at <paramref name="charsMax"/>.
    /// </summary>
    public static string Of(string text, int charsMax)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsAscii && IsAllowed((char)rune.Value)) result.Append((char)rune.Value);
            else if (rune.IsBmp && Table.TryGetValue((char)rune.Value, out var like)) result.Append(like);
            else result.Append('.');
        }

        // Banks read two slashes as a code word, and one at an end as the start of one.
        while (result.ToString().Contains("//", StringComparison.Ordinal)) result.Replace("//", "/");
        var clean = result.ToString().Trim(' ', '/');
        return clean.Length <= charsMax ? clean : clean[..charsMax].TrimEnd(' ', '/');
    }

    /// <summary>Whether every character is of the set, and slashes stand where they may.</summary>
    public static bool IsClean(string text) =>
        text.All(IsAllowed) && !text.Contains("//", StringComparison.Ordinal) && !text.StartsWith('/')
        && !text.EndsWith('/');

    private static bool IsAllowed(char c) =>
        char.IsAsciiLetterOrDigit(c) || Punctuation.Contains(c, StringComparison.Ordinal);
}
