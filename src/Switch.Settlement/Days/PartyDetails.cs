namespace Switch.Settlement.Days;

/// <summary>Address and VAT number of a party, as one text that the store keeps; a line has no line feed.</summary>
internal static class PartyDetails
{
    public static string Text(IEnumerable<string> lines) => string.Join('\n', lines);

    public static IReadOnlyList<string> Lines(string text) => text.Length == 0 ? [] : text.Split('\n');
}
