using System.Globalization;
using Switch.Iso8583;

namespace Switch.Simulator.Tests;

/// <summary>A message as a test writes or reads it: fields by number, binary content in hexadecimal.</summary>
internal sealed record HostMessage(Mti Mti, SortedDictionary<int, string> Fields)
{
    public const string Pan = "4111111111111111";
    public const string Time = "0607080910";

    public string? this[int field] => Fields.GetValueOrDefault(field);

    public static HostMessage Purchase(long amountMinor = 1000, int number = 1, ushort mti = 0x0200) => new(
        new Mti(mti),
        new SortedDictionary<int, string>
        {
            [2] = Pan,
            [3] = "000000",
            [4] = amountMinor.ToString("D12", CultureInfo.InvariantCulture),
            [7] = Time,
            [11] = number.ToString("D6", CultureInfo.InvariantCulture),
            [12] = "101112",
            [13] = "0607",
            [14] = "3012",
            [18] = "5411",
            [22] = "051",
            [25] = "00",
            [32] = "123456",
            [37] = Rrn(number),
            [41] = "TERM0001",
            [42] = "MERCHANT0000001",
            [49] = "840",
        });

    public static HostMessage ReversalOf(HostMessage original, ushort mti = 0x0420)
    {
        var reversal = original with { Mti = new Mti(mti) };
        return reversal.With(7, "0607080999").With(11, "900001")
            .With(90, $"{original.Mti}{original[11]}{original[7]}{0:D22}");
    }

    public static HostMessage Network(string code) => new(
        Mti.NetworkRequest, new SortedDictionary<int, string> { [7] = Time, [11] = "000777", [70] = code });

    public static string Rrn(int number) => number.ToString("D12", CultureInfo.InvariantCulture);

    public HostMessage With(int field, string value) =>
        this with { Fields = new SortedDictionary<int, string>(Fields) { [field] = value } };

    public HostMessage Without(int field)
    {
        var fields = new SortedDictionary<int, string>(Fields);
        fields.Remove(field);
        return this with { Fields = fields };
    }

    public byte[] Encode(IsoDialect dialect)
    {
        var bytes = new byte[dialect.Frame.MaxMessageBytes];
        var writer = new IsoWriter(dialect, bytes, Mti);
        foreach (var (field, value) in Fields)
        {
            if (dialect.Field(field)!.Content == FieldContent.Binary) writer.Bytes(field, Convert.FromHexString(value));
            else writer.Text(field, value);
        }

        Assert.True(writer.TryComplete(out int length, out var fault), fault.ToString());
        return bytes[..length];
    }

    public static HostMessage Decode(IsoDialect dialect, ReadOnlySpan<byte> bytes)
    {
        using var message = IsoMessage.Rent(dialect);
        Assert.True(message.TryParse(bytes, out var fault), fault.ToString());
        var fields = new SortedDictionary<int, string>();
        Span<byte> content = stackalloc byte[999];
        for (var field = message.NextField(1); field > 0; field = message.NextField(field))
            fields[field] = message.TryGetBytes(field, content, out var written)
                ? Convert.ToHexString(content[..written])
                : message.GetString(field)!;
        return new HostMessage(message.Mti, fields);
    }
}
