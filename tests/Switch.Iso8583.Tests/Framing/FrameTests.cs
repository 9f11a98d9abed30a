namespace Switch.Iso8583.Tests;

public sealed class FrameTests
{
    private static readonly IsoDialect WithTpdu = IsoDialect.Parse(
        """{ "extends": "iso1987-binary", "frame": { "tpdu": "6001020304" } }""");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Frames_InAnyPieces_AreReadWhole()
    {
        foreach (var dialect in new[] { IsoDialect.Ascii1987, IsoDialect.Binary1987, WithTpdu })
        {
            using var stream = new MemoryStream();
            var writer = new IsoFrameWriter(stream, dialect);
            for (var size = 1; size <= 200; size++) await writer.WriteAsync(Message(size), Token);
            foreach (var piece in new[] { 1, 2, 3, 7, 64, 100_000 })
            {
                var reader = new IsoFrameReader(new PiecewiseStream(stream.ToArray(), piece), dialect);
                for (var size = 1; size <= 200; size++)
                {
                    var frame = await reader.ReadAsync(Token);
                    Assert.True(frame.IsMessage);
                    Assert.True(frame.Message.Span.SequenceEqual(Message(size)));
                    Assert.Equal(dialect.Frame.TpduBytes, frame.Tpdu.Length);
                }

                Assert.True((await reader.ReadAsync(Token)).IsEnd);
            }
        }
    }

    [Theory]
    [InlineData("iso1987-ascii", "30303X30", FrameFault.BadHeader)]
    [InlineData("iso1987-ascii", "30303030", FrameFault.ZeroLength)]
    [InlineData("iso1987-ascii", "39393939", FrameFault.Oversized)]
    [InlineData("iso1987-ascii", "3030303430", FrameFault.Truncated)]
    [InlineData("iso1987-ascii", "3030", FrameFault.Truncated)]
    [InlineData("iso1987-ascii", "160301020001", FrameFault.BadHeader)]
    [InlineData("iso1987-binary", "0000", FrameFault.ZeroLength)]
    [InlineData("iso1987-binary", "FFFF", FrameFault.Oversized)]
    [InlineData("iso1987-binary", "1001", FrameFault.Oversized)]
    [InlineData("iso1987-binary", "00", FrameFault.Truncated)]
    [InlineData("iso1987-binary", "000501020304", FrameFault.Truncated)]
    public async Task BadStream_IsANamedFault(string dialect, string hex, FrameFault expected)
    {
        var bytes = Convert.FromHexString(hex.Replace('X', '0'));
        if (hex.Contains('X', StringComparison.Ordinal)) bytes[2] = (byte)'x';
        var reader = new IsoFrameReader(new MemoryStream(bytes), IsoDialect.Resolve(dialect));
        Assert.Equal(expected, (await reader.ReadAsync(Token)).Fault);
    }

    [Fact]
    public async Task FrameWithoutRoomForItsTpdu_IsAFault()
    {
        var reader = new IsoFrameReader(new MemoryStream(Convert.FromHexString("00056001020304")), WithTpdu);
        Assert.Equal(FrameFault.TooShortForTpdu, (await reader.ReadAsync(Token)).Fault);
    }

    [Fact]
    public async Task Answer_TurnsTheTpduRound()
    {
        using var stream = new MemoryStream();
        var writer = new IsoFrameWriter(stream, WithTpdu);
        var tpdu = Convert.FromHexString("6001020304");
        await writer.WriteAnswerAsync(new IsoFrame(default, false, default, tpdu), Message(3), Token);
        Assert.Equal("0008" + "6003040102" + "010203", Convert.ToHexString(stream.ToArray()));
    }

    [Fact]
    public async Task Message_BeyondTheBound_IsNotWritten()
    {
        using var stream = new MemoryStream();
        var writer = new IsoFrameWriter(stream, WithTpdu);
        await Assert.ThrowsAsync<ArgumentException>(async () => await writer.WriteAsync(new byte[4092], Token));
        await Assert.ThrowsAsync<ArgumentException>(async () => await writer.WriteAsync(default, Token));
        await writer.WriteAsync(new byte[4091], Token);
        Assert.Equal(4098, stream.Length);
    }

    private static byte[] Message(int size) => [.. Enumerable.Range(1, size).Select(i => (byte)i)];

    /// <summary>Gives at most a few bytes a read, as a network may.</summary>
    private sealed class PiecewiseStream(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }
}
