using System.Text;

namespace Switch.Iso8583.Tests;

public sealed class IsoWriterTests
{
    [Fact]
    public void Authorization_AsciiDialect_IsTheWireTextWrittenByHand()
    {
        Span<byte> bytes = stackalloc byte[200];
        var writer = new IsoWriter(IsoDialect.Ascii1987, bytes, Mti.AuthorizationRequest);
        writer.Text(2, Samples.Pan);
        writer.Number(4, 1234);
        writer.Text(41, "T1"u8);
        writer.Bytes(52, Samples.PinBlock);
        Assert.True(writer.TryComplete(out var length, out _));
        Assert.Equal(
            "0100" + "5000000000801000" + "16" + "4111111111111111" + "000000001234" + "T1      " + "0123456789ABCDEF",
            Encoding.ASCII.GetString(bytes[..length]));
    }

    [Fact]
    public void Authorization_BinaryDialect_IsTheWireBytesWrittenByHand()
    {
        Span<byte> bytes = stackalloc byte[200];
        var writer = new IsoWriter(IsoDialect.Binary1987, bytes, Mti.AuthorizationRequest);
        writer.Text(2, "374245455400126"u8);
        writer.Number(4, 1234);
        writer.Text(22, "051"u8);
        writer.Text(35, "374245455400126=2905"u8);
        writer.Text(41, "T1"u8);
        writer.Bytes(52, Samples.PinBlock);
        writer.Text(70, "301"u8);
        Assert.True(writer.TryComplete(out var length, out _));
        Assert.Equal(
            "0100" + "D000040020801000" + "0400000000000000" + "15" + "0374245455400126" + "000000001234" + "0051"
            + "20" + "374245455400126D2905" + "5431202020202020" + "0123456789ABCDEF" + "0301",
            Convert.ToHexString(bytes[..length]));
    }

    [Fact]
    public void OddTrack_BinaryDialect_IsFilledWithF()
    {
        Span<byte> bytes = stackalloc byte[64];
        var writer = new IsoWriter(IsoDialect.Binary1987, bytes, Mti.AuthorizationRequest);
        writer.Text(35, "12345D678"u8);
        Assert.True(writer.TryComplete(out var length, out _));
        Assert.EndsWith("0912345D678F", Convert.ToHexString(bytes[..length]), StringComparison.Ordinal);
        using var message = Samples.Parse(IsoDialect.Binary1987, bytes[..length]);
        Assert.Equal("12345=678", message.GetString(35));
    }

    [Fact]
    public void TooLongValue_IsAFaultThatNamesTheFieldAndHidesTheValue()
    {
        using var buffer = IsoBuffer.Rent(IsoDialect.Ascii1987);
        var writer = new IsoWriter(buffer, Mti.AuthorizationRequest);
        Assert.False(writer.Text(35, new string('4', 41)));
        Assert.False(writer.Text(41, "TERM0001"u8));
        Assert.False(writer.TryComplete(out var fault));
        Assert.Equal("DE 35: length 41 exceeds 37", fault.ToString());
        Assert.Equal(0, buffer.Length);
    }

    public delegate void Act(ref IsoWriter writer);

    public static IEnumerable<TheoryDataRow<string, Act>> Faults =>
    [
        new("DE 37: length 3 is short of 12", (ref IsoWriter w) => w.Text(37, "123"u8)),
        new("DE 52: length 7 is short of 8", (ref IsoWriter w) => w.Bytes(52, new byte[7])),
        new("DE 52: length 9 exceeds 8", (ref IsoWriter w) => w.Bytes(52, new byte[9])),
        new("DE 52: content is not b", (ref IsoWriter w) => w.Text(52, "12345678"u8)),
        new("DE 4: content is not n", (ref IsoWriter w) => w.Bytes(4, new byte[6])),
        new("DE 4: content is not n", (ref IsoWriter w) => w.Number(4, -1)),
        new("DE 4: length 13 exceeds 12", (ref IsoWriter w) => w.Number(4, 1_000_000_000_000)),
        new("DE 11: content is not n", (ref IsoWriter w) => w.Text(11, "12A456"u8)),
        new("DE 35: content is not z", (ref IsoWriter w) => w.Text(35, "41+12"u8)),
        new("DE 38: content is not an", (ref IsoWriter w) => w.Text(38, "A-1"u8)),
        new("DE 41: content is not ans", (ref IsoWriter w) => w.Text(41, "a\nb"u8)),
        new("DE 43: content is not ans", (ref IsoWriter w) => w.Text(43, "Zürich")),
        new("DE 48: length 1000 exceeds 999", (ref IsoWriter w) => w.Text(48, new string('x', 1000))),
        new("bitmap: not defined in the dialect", (ref IsoWriter w) => w.Number(1, 1)),
        new("DE 129: not defined in the dialect", (ref IsoWriter w) => w.Number(129, 1)),
        new("DE 4: written after DE 11", (ref IsoWriter w) => { w.Number(11, 1); w.Number(4, 1); }),
        new("DE 11: written after DE 11", (ref IsoWriter w) => { w.Number(11, 1); w.Number(11, 1); }),
    ];

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void BadValue_IsAFault(string expected, Act act)
    {
        ArgumentNullException.ThrowIfNull(act);
        foreach (var dialect in new[] { IsoDialect.Ascii1987, IsoDialect.Binary1987 })
        {
            var writer = new IsoWriter(dialect, new byte[2000], Mti.AuthorizationRequest);
            act(ref writer);
            Assert.False(writer.TryComplete(out var length, out var fault));
            Assert.Equal(0, length);
            Assert.Equal(expected, fault.ToString());
        }
    }

    [Theory]
    [MemberData(nameof(Samples.Dialects), MemberType = typeof(Samples))]
    public void Destination_OfAnySizeTooSmall_IsAFaultNeverAnException(string name)
    {
        var dialect = IsoDialect.Resolve(name);
        using var whole = Samples.Authorization(dialect);
        for (var size = 0; size < whole.Length; size++)
        {
            var writer = new IsoWriter(dialect, new byte[size], Mti.AuthorizationRequest);
            Samples.WriteAuthorization(ref writer);
            Assert.False(writer.TryComplete(out var fault));
            Assert.Equal(IsoFaultKind.BufferFull, fault.Kind);
        }
    }

    [Fact]
    public void Mti_NotDecimal_IsAFault()
    {
        var writer = new IsoWriter(IsoDialect.Ascii1987, new byte[100], new Mti(0x01A0));
        Assert.False(writer.TryComplete(out var fault));
        Assert.Equal("MTI: not four digits", fault.ToString());
    }

    [Theory]
    [InlineData(0x0100, 0x0110)]
    [InlineData(0x0200, 0x0210)]
    [InlineData(0x0220, 0x0230)]
    [InlineData(0x0221, 0x0230)]
    [InlineData(0x0400, 0x0410)]
    [InlineData(0x0420, 0x0430)]
    [InlineData(0x0421, 0x0430)]
    [InlineData(0x0800, 0x0810)]
    [InlineData(0x0810, 0x0810)]
    public void Mti_ToResponse_IsTheAnswerType(int request, int response) =>
        Assert.Equal(new Mti((ushort)response), new Mti((ushort)request).ToResponse());

    [Theory]
    [MemberData(nameof(Samples.Dialects), MemberType = typeof(Samples))]
    public void S13_Echo_ReturnsTheRequestsFieldsUnchanged(string name)
    {
        var dialect = IsoDialect.Resolve(name);
        using var buffer = Samples.Authorization(dialect);
        using var request = Samples.Parse(dialect, buffer.Span);
        using var answer = IsoBuffer.Rent(dialect);
        var writer = new IsoWriter(answer, request.Mti.ToResponse());
        writer.Echo(request, 37);
        writer.Text(38, "A1B2C3"u8);
        writer.Text(39, "00"u8);
        writer.Echo(request);
        Assert.True(writer.TryComplete(out var fault), fault.ToString());
        using var reply = Samples.Parse(dialect, answer.Span);
        foreach (var field in dialect.EchoFields) Assert.Equal(request.GetString(field), reply.GetString(field));
        Assert.Equal("A1B2C3", reply.GetString(38));
        Assert.False(reply.Has(52));
    }

    [Fact]
    public void Copy_FromAnotherDialect_IsAProgrammersError()
    {
        using var buffer = Samples.Authorization(IsoDialect.Ascii1987);
        using var request = Samples.Parse(IsoDialect.Ascii1987, buffer.Span);
        Assert.Throws<ArgumentException>(() =>
        {
            var writer = new IsoWriter(IsoDialect.Binary1987, new byte[100], Mti.AuthorizationResponse);
            writer.Copy(11, request);
        });
    }
}
