namespace Switch.Iso8583;

/// <summary>What a field may contain (ISO 8583:1987 attributes).</summary>
public enum FieldContent
{
    /// <summary><c>n</c>: decimal digits.</summary>
    Numeric,

    /// <summary><c>an</c>: letters, digits and the space that pads them.</summary>
    AlphaNumeric,

    /// <summary><c>ans</c>: printable ASCII.</summary>
    Text,

    /// <summary><c>z</c>: track data, digits and the separator (<c>=</c> or <c>D</c>).</summary>
    Track,

    /// <summary><c>b</c>: bytes.</summary>
    Binary,
}

/// <summary>How the content is laid out on the wire.</summary>
public enum FieldEncoding
{
    /// <summary>One character a byte.</summary>
    Ascii,

    /// <summary>Two digits a byte; in track data the nibble <c>D</c> is the separator.</summary>
    Bcd,

    /// <summary>Bytes as they are; for <c>b</c> only.</summary>
    Binary,

    /// <summary>Two hexadecimal characters a byte; for <c>b</c> only.</summary>
    Hex,
}

/// <summary>How a field's length is known.</summary>
public enum FieldLength
{
    /// <summary>Always the stated length.</summary>
    Fixed,

    /// <summary>A two-digit prefix, up to 99.</summary>
    LlVar,

    /// <summary>A three-digit prefix, up to 999.</summary>
    LllVar,
}

/// <summary>How a value shorter than a fixed field is filled up.</summary>
public enum FieldPadding
{
    /// <summary>Not at all: the value must have the exact length.</summary>
    None,

    /// <summary>Zeros on the left (amounts, numbers).</summary>
    ZeroLeft,

    /// <summary>Spaces on the right (names, identifiers).</summary>
    SpaceRight,
}

/// <summary>Where the unused nibble of an odd number of BCD digits is, and what it holds.</summary>
public enum OddNibble
{
    /// <summary>A zero before the first digit.</summary>
    ZeroLeft,

    /// <summary>A zero after the last digit.</summary>
    ZeroRight,

    /// <summary>An <c>F</c> after the last digit.</summary>
    FRight,
}

/// <summary>How much of a field a diagnostic dump may show.</summary>
public enum Sensitivity
{
    /// <summary>All of it.</summary>
    None,

    /// <summary>First six and last four digits at most.</summary>
    Pan,

    /// <summary>Nothing but its length.</summary>
    Secret,
}

/// <summary>How a bitmap is laid out.</summary>
public enum BitmapEncoding
{
    /// <summary>16 hexadecimal characters a bitmap.</summary>
    Hex,

    /// <summary>8 bytes a bitmap.</summary>
    Binary,
}

/// <summary>The length header before each frame. It counts the bytes after itself.</summary>
public enum FrameHeader
{
    /// <summary>Four decimal ASCII digits.</summary>
    Ascii4,

    /// <summary>Two bytes, most significant first.</summary>
    Binary2,
}
