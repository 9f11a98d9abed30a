namespace Switch.Iso8583.Tests;

/// <summary>
/// A full 0100 with EMV data. Tests and benchmarks share this file: what is measured is what is tested. The card is a
/// scheme's published test number.
/// </summary>
internal static partial class Samples
{
    public const string Pan = "4111111111111111";
    public const string Track2 = "4111111111111111=29122011234567890";

    /// <summary>
    /// EMV data of an approved-looking contact transaction (published tag meanings, invented values).
    /// </summary>
    public static readonly byte[] Emv = Convert.FromHexString(
        "9F2608A1B2C3D4E5F607189F2701809F100706010A03A0A0009F370411223344" +
        "9F360200A5950500800080009A03261123" + "9C01005F2A0209789F02060000000012349F03060000000000009F1A020276" +
        "82023C009F3303E0F8C89F34034203009F3501229F1E0831323334353637388407A0000000031010");

    public static readonly byte[] PinBlock = Convert.FromHexString("0123456789ABCDEF");

    /// <summary>Writes a full 0100 with EMV data.</summary>
    public static bool WriteAuthorization(ref IsoWriter writer, int stan = 123456)
    {
        writer.Text(2, "4111111111111111"u8);
        writer.Number(3, 0);
        writer.Number(4, 1234);
        writer.Text(7, "1123220318"u8);
        writer.Number(11, stan);
        writer.Text(12, "230318"u8);
        writer.Text(13, "1123"u8);
        writer.Text(14, "2912"u8);
        writer.Text(18, "5411"u8);
        writer.Text(22, "051"u8);
        writer.Text(23, "001"u8);
        writer.Text(25, "00"u8);
        writer.Text(32, "12345678901"u8);
        writer.Text(35, "4111111111111111=29122011234567890"u8);
        writer.Text(37, "632722123456"u8);
        writer.Text(41, "TERM0001"u8);
        writer.Text(42, "MERCHANT0000001"u8);
        writer.Text(43, "Corner shop            Berlin        DE"u8);
        writer.Text(49, "978"u8);
        writer.Bytes(52, PinBlock);
        return writer.Bytes(55, Emv);
    }
}
