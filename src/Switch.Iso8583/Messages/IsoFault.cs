namespace Switch.Iso8583;

/// <summary>What is wrong with a message.</summary>
public enum IsoFaultKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A value, or a length prefix, is above the field's maximum.</summary>
    TooLong,

    /// <summary>A value is shorter than its fixed field, which is not padded.</summary>
    TooShort,

    /// <summary>The bytes end inside the element.</summary>
    Truncated,

    /// <summary>A length prefix is no number.</summary>
    BadLengthPrefix,

    /// <summary>The content is not of the field's type.</summary>
    BadContent,

    /// <summary>The message type is not four digits.</summary>
    BadMti,

    /// <summary>A bitmap is no hexadecimal number.</summary>
    BadBitmap,

    /// <summary>The dialect does not define the field, so its length is unknown.</summary>
    UndefinedField,

    /// <summary>The field was written after a higher one, or twice.</summary>
    OutOfOrder,

    /// <summary>The destination has no room for the element.</summary>
    BufferFull,

    /// <summary>Bytes follow the last field that the bitmap names.</summary>
    TrailingBytes,
}

/// <summary>
/// One fault of a message: where, and what, never the bytes. <see cref="ToString"/> reads
/// <c>DE 35: length 41 exceeds 37</c>.
/// </summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Field">The data element; 0 is the message type, 1 the bitmaps, -1 the message as a whole.</param>
/// <param name="Actual">The length, count or field met; its meaning depends on the kind.</param>
/// <param name="Limit">The length, count or field expected; its meaning depends on the kind.</param>
public readonly record struct IsoFault(IsoFaultKind Kind, int Field, int Actual = 0, int Limit = 0)
{
    /// <summary><see cref="Field"/> of a fault of the whole message.</summary>
    public const int WholeMessage = -1;

    /// <summary>Whether there is no fault.</summary>
    public bool IsNone => Kind == IsoFaultKind.None;

    private string Path => Field switch { < 0 => "message", 0 => "MTI", 1 => "bitmap", _ => $"DE {Field}" };

    /// <summary>Path and reason, free of content.</summary>
    public override string ToString() => Kind switch
    {
        IsoFaultKind.None => "no fault",
        IsoFaultKind.TooLong => $"{Path}: length {Actual} exceeds {Limit}",
        IsoFaultKind.TooShort => $"{Path}: length {Actual} is short of {Limit}",
        IsoFaultKind.Truncated => $"{Path}: needs {Limit} bytes, {Actual} left",
        IsoFaultKind.BadLengthPrefix => $"{Path}: length prefix is no number",
        IsoFaultKind.BadContent => $"{Path}: content is not {ContentName((FieldContent)Limit)}",
        IsoFaultKind.BadMti => $"{Path}: not four digits",
        IsoFaultKind.BadBitmap => $"{Path}: no hexadecimal number",
        IsoFaultKind.UndefinedField => $"{Path}: not defined in the dialect",
        IsoFaultKind.OutOfOrder => $"{Path}: written after DE {Actual}",
        IsoFaultKind.BufferFull => $"{Path}: needs {Limit} bytes, {Actual} left in the buffer",
        IsoFaultKind.TrailingBytes => $"{Path}: {Actual} bytes after the last field",
        _ => $"{Path}: {Kind}",
    };

    private static string ContentName(FieldContent content) => content switch
    {
        FieldContent.Numeric => "n",
        FieldContent.AlphaNumeric => "an",
        FieldContent.Text => "ans",
        FieldContent.Track => "z",
        _ => "b",
    };
}
