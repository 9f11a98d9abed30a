using System.Globalization;

namespace Switch.Iso8583;

/// <summary>
/// A message type as four BCD digits: <c>new Mti(0x0100)</c> reads as it is written. Digits are version, class,
/// function and origin.
/// </summary>
public readonly record struct Mti(ushort Bcd)
{
    /// <summary>0100</summary>
    public static readonly Mti AuthorizationRequest = new(0x0100);

    /// <summary>0110</summary>
    public static readonly Mti AuthorizationResponse = new(0x0110);

    /// <summary>0200</summary>
    public static readonly Mti FinancialRequest = new(0x0200);

    /// <summary>0210</summary>
    public static readonly Mti FinancialResponse = new(0x0210);

    /// <summary>0220</summary>
    public static readonly Mti FinancialAdvice = new(0x0220);

    /// <summary>0230</summary>
    public static readonly Mti FinancialAdviceResponse = new(0x0230);

    /// <summary>0400</summary>
    public static readonly Mti ReversalRequest = new(0x0400);

    /// <summary>0410</summary>
    public static readonly Mti ReversalResponse = new(0x0410);

    /// <summary>0420</summary>
    public static readonly Mti ReversalAdvice = new(0x0420);

    /// <summary>0421</summary>
    public static readonly Mti ReversalAdviceRepeat = new(0x0421);

    /// <summary>0430</summary>
    public static readonly Mti ReversalAdviceResponse = new(0x0430);

    /// <summary>0800</summary>
    public static readonly Mti NetworkRequest = new(0x0800);

    /// <summary>0810</summary>
    public static readonly Mti NetworkResponse = new(0x0810);

    /// <summary>Version, 0 for ISO 8583:1987.</summary>
    public int Version => Bcd >> 12;

    /// <summary>Class: 1 authorization, 2 financial, 4 reversal, 8 network management.</summary>
    public int MessageClass => (Bcd >> 8) & 0xF;

    /// <summary>Function: even for requests and advices, odd for their responses.</summary>
    public int Function => (Bcd >> 4) & 0xF;

    /// <summary>Origin: 1, 3 and 5 are repeats.</summary>
    public int Origin => Bcd & 0xF;

    /// <summary>Whether this answers another message.</summary>
    public bool IsResponse => (Function & 1) == 1;

    /// <summary>Whether this is network management (sign-on, echo, …).</summary>
    public bool IsNetworkManagement => MessageClass == 8;

    /// <summary>Version and class: equal for a request and its response.</summary>
    internal byte Family => (byte)(Bcd >> 8);

    internal bool IsDecimal =>
        Version <= 9 && MessageClass <= 9 && Function <= 9 && Origin <= 9;

    /// <summary>The response to this request: 0100 → 0110, 0420 and 0421 → 0430. A response yields itself.</summary>
    public Mti ToResponse() => IsResponse ? this : new((ushort)((Bcd + 0x10) & ~1));

    /// <summary>The repeat of this message: 0420 → 0421 (S6). A repeat yields itself.</summary>
    public Mti ToRepeat() => new((ushort)(Bcd | 1));

    /// <summary>The four digits.</summary>
    public override string ToString() => Bcd.ToString("X4", CultureInfo.InvariantCulture);
}
