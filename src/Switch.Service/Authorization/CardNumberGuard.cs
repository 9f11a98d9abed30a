using Switch.Contracts.V1;
using Switch.Service.Cards;

namespace Switch.Service.Authorization;

/// <summary>
/// Keeps a card number out of the idempotency key, which goes where card data may not: into answers, events and the
/// journal (G6). A terminal that builds its keys from the card is told so before anything is stored.
/// </summary>
internal static class CardNumberGuard
{
    // ISO/IEC 7812-1: a shorter run of digits is no card number.
    private const int DigitsMin = 12;

    // Shorter ones exist, but no scheme issues them; with 12 every tenth telephone number would be one.
    private const int NumberMin = 13;

    // Longer than a track is no card either, and bounds the search in hostile input.
    private const int DigitsMax = 37;

    /// <summary>
    /// Whether a key holds the digits of the request's own card, separators between them or not. Works on what was
    /// sent, valid or not: a mistyped number is card data too.
    /// </summary>
    public static bool HoldsCardNumber(string key, Card? card) =>
        card is not null && (Holds(key, card.Pan) || Holds(key, card.Track2.AsSpan(0, DigitsBefore(card.Track2))));

    /// <summary>The key as it may be repeated to its sender: its digits hidden if it holds a card number.</summary>
    public static string Shown(AuthorizeRequest request)
    {
        var key = request.IdempotencyKey;
        if (!HoldsCardNumber(key, request.PaymentMethod?.Card)) return key;
        return string.Create(key.Length, key, static (shown, text) =>
        {
            for (var i = 0; i < shown.Length; i++) shown[i] = char.IsAsciiDigit(text[i]) ? '*' : text[i];
        });
    }

    /// <summary>
    /// Whether a text that no card belongs to, such as an operator's note, holds what may be a card number: 13 to 19
    /// digits, grouped or not, whose check digit is right. A long reference may be taken for one; better that way
    /// round.
    /// </summary>
    public static bool MayHoldCardNumber(ReadOnlySpan<char> text)
    {
        for (var start = 0; start < text.Length; start++)
            if (char.IsAsciiDigit(text[start]) && MayStartCardNumber(text[start..])) return true;

        return false;
    }

    private static bool MayStartCardNumber(ReadOnlySpan<char> text)
    {
        Span<char> digits = stackalloc char[Pan.LengthMax];
        var count = 0;
        foreach (var c in text)
        {
            if (char.IsAsciiLetter(c)) return false;
            if (!char.IsAsciiDigit(c)) continue;
            digits[count++] = c;
            if (count >= NumberMin && HasCheckDigit(digits[..count])) return true;
            if (count == digits.Length) return false;
        }

        return false;
    }

    // ISO/IEC 7812-1 annex B: from the right every second digit counts double, its own digits summed.
    private static bool HasCheckDigit(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[digits.Length - 1 - i] - '0';
            if (i % 2 == 1) digit = digit > 4 ? (digit * 2) - 9 : digit * 2;
            sum += digit;
        }

        return sum % 10 == 0;
    }

    private static bool Holds(ReadOnlySpan<char> text, ReadOnlySpan<char> digits)
    {
        if (digits.Length is < DigitsMin or > DigitsMax || text.Length < digits.Length) return false;
        for (var start = 0; start <= text.Length - digits.Length; start++)
            if (text[start] == digits[0] && StartsWith(text[start..], digits)) return true;

        return false;
    }

    // Letters end a run, what separates groups of digits does not.
    private static bool StartsWith(ReadOnlySpan<char> text, ReadOnlySpan<char> digits)
    {
        var matched = 0;
        foreach (var c in text)
        {
            if (c == digits[matched])
            {
                if (++matched == digits.Length) return true;
            }
            else if (char.IsAsciiLetterOrDigit(c))
            {
                return false;
            }
        }

        return false;
    }

    private static int DigitsBefore(string track2)
    {
        var end = track2.AsSpan().IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? track2.Length : end;
    }
}
