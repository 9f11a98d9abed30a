using System.Globalization;
using System.Text;

namespace Switch.Iso8583;

/// <summary>
/// A message in words, for diagnosis: message type and every field, masked as the dialect's sensitivity says. A PAN
/// shows its first six and last four digits, a secret only its length. For support, not for the success path.
/// </summary>
public static class IsoDump
{
    private const int PanShownFirst = 6;
    private const int PanShownLast = 4;

    // Below this a truncated PAN would show most of itself.
    private const int PanMinLength = 13;

    /// <summary>The masked dump, one field a line.</summary>
    public static string Format(IsoMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var text = new StringBuilder();
        text.Append("MTI ").Append(message.Mti);
        for (var field = message.NextField(1); field > 0; field = message.NextField(field))
        {
            var spec = message.Dialect.Field(field)!;
            text.Append('\n')
                .Append(CultureInfo.InvariantCulture, $"DE {field:D3} {spec.Name} [{message.LengthOf(field)}]: ")
                .Append(Value(message, spec));
        }

        return text.ToString();
    }

    private static string Value(IsoMessage message, IsoField spec)
    {
        if (spec.Sensitivity == Sensitivity.Secret) return "(masked)";
        if (spec.Content == FieldContent.Binary) return Hex(message, spec.Number);
        // What is malformed may be card data at the wrong place: it is not shown.
        if (message.GetString(spec.Number) is not { } text) return "(malformed)";
        return spec.Sensitivity == Sensitivity.Pan ? MaskPan(text) : text;
    }

    private static string Hex(IsoMessage message, int field)
    {
        Span<byte> bytes = stackalloc byte[999];
        return message.TryGetBytes(field, bytes, out var written)
            ? Convert.ToHexString(bytes[..written])
            : "(malformed)";
    }

    private static string MaskPan(string pan) => pan.Length < PanMinLength
        ? "(masked)"
        : $"{pan[..PanShownFirst]}{new string('*', pan.Length - PanShownFirst - PanShownLast)}{pan[^PanShownLast..]}";
}
