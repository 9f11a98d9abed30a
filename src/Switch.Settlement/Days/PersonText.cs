namespace Switch.Settlement.Days;

/// <summary>Checks what a person enters in words.</summary>
internal static class PersonText
{
    /// <summary>The first fault; null when every text has 1 to its bound of characters, none of control.</summary>
    public static string? FaultOf(params ReadOnlySpan<(string What, string Text, int Max)> texts)
    {
        foreach (var (what, text, max) in texts)
        {
            if (string.IsNullOrWhiteSpace(text)) return $"a {what} is needed";
            if (text.Length > max) return $"the {what} is longer than {max} characters";
            if (text.Any(char.IsControl)) return $"the {what} has control characters";
        }

        return null;
    }
}
