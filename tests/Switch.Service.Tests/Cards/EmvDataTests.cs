using Switch.Service.Cards;

namespace Switch.Service.Tests.Cards;

public sealed class EmvDataTests
{
    // A cryptogram, unpredictable number, ATC, TVR, date, a proprietary three-byte tag and a constructed template.
    private const string Real = "9F2608A1B2C3D4E5F60718" + "9F370411223344" + "9F36020012" + "95050000008000"
        + "9A03260131" + "DF81010155" + "7011" + "8407A0000000031010" + "BF0C059F5A020102";

    [Theory]
    [InlineData(Real)]
    [InlineData("9F2600")]
    [InlineData("5F2A8102" + "0978")]
    [InlineData("5F2A820002" + "0978")]
    [InlineData("7000")]
    public void TryValidate_WellFormed_IsTaken(string hex)
    {
        Assert.True(EmvData.TryValidate(Convert.FromHexString(hex), out var fault), fault);
        Assert.Equal("", fault);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("9F", "tag at byte 0")]
    [InlineData("9FFFFFFFFF0100", "tag at byte 0")]
    [InlineData("9A", "length at byte 1")]
    [InlineData("9A81", "length at byte 1")]
    [InlineData("9A8200", "length at byte 1")]
    [InlineData("9A80", "length at byte 1")]
    [InlineData("9A83000001FF", "length at byte 1")]
    [InlineData("9A032601", "runs past its end at byte 2")]
    [InlineData("9A0326013100", "zero tag at byte 5")]
    [InlineData("9A032601319F", "tag at byte 5")]
    [InlineData("70049A032601", "runs past its end at byte 4")]
    [InlineData("70059A0326013195", "length at byte 8")]
    public void TryValidate_Malformed_NamesTheByte(string hex, string expected)
    {
        Assert.False(EmvData.TryValidate(Convert.FromHexString(hex), out var fault));
        Assert.Contains(expected, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void TryValidate_TooLong_IsRefused()
    {
        var data = new byte[255];
        data[0] = 0x84;
        data[1] = 0x81;
        data[2] = 252;
        Assert.True(EmvData.TryValidate(data, out _));
        Assert.False(EmvData.TryValidate(new byte[256], out var fault));
        Assert.Contains("256", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void TryValidate_NestedBeyondTheBound_IsRefused()
    {
        Assert.True(EmvData.TryValidate(Nested(7), out _));
        Assert.False(EmvData.TryValidate(Nested(60), out var fault));
        Assert.Contains("deeper", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void TryValidate_EveryTruncation_IsRefusedOrWhole()
    {
        var whole = Convert.FromHexString(Real);
        int[] boundaries = [11, 18, 23, 30, 35, 40, whole.Length];
        for (var length = 1; length <= whole.Length; length++)
            Assert.Equal(boundaries.Contains(length), EmvData.TryValidate(whole.AsSpan(0, length), out _));
    }

    [Fact]
    public void TryValidate_RandomBytes_NeverThrows()
    {
        const int Seed = 20260131;
        var random = new Random(Seed);
        var data = new byte[255];
        for (var i = 0; i < 20_000; i++)
        {
            var length = random.Next(data.Length + 1);
            random.NextBytes(data.AsSpan(0, length));
            var valid = EmvData.TryValidate(data.AsSpan(0, length), out var fault);
            Assert.Equal(valid, fault.Length == 0);
        }
    }

    private static byte[] Nested(int depth)
    {
        var data = new byte[depth * 2];
        for (var i = 0; i < depth; i++)
        {
            data[i * 2] = 0x70;
            data[(i * 2) + 1] = (byte)((depth - i - 1) * 2);
        }

        return data;
    }
}
