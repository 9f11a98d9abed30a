using System.Text;

namespace Switch.Simulator;

/// <summary>The one truncation of a card number: first six and last four digits (G6).</summary>
internal static class CardMask
{
    private const int First = 6;
    private const int Last = 4;

    // Shorter numbers would show more than they hide.
    private const int MinDigits = 13;

    /// <summary>Masks ASCII digits; a number too short to mask shows nothing, no number is the empty text.</summary>
    public static string Format(ReadOnlySpan<byte> pan)
    {
        if (pan.IsEmpty) return "";
        Span<byte> masked = stackalloc byte[pan.Length];
        masked.Fill((byte)'*');
        if (pan.Length >= MinDigits)
        {
            pan[..First].CopyTo(masked);
            pan[^Last..].CopyTo(masked[^Last..]);
        }

        return Encoding.ASCII.GetString(masked);
    }
}
