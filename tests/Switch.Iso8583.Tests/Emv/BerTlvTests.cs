namespace Switch.Iso8583.Tests;

public sealed class BerTlvTests
{
    [Fact]
    public void Sample_IsWalkedTagByTag()
    {
        var walk = new BerTlv(Samples.Emv);
        var tags = new List<int>();
        while (walk.TryNext()) tags.Add(walk.Tag);
        Assert.Equal(BerTlvFault.None, walk.Fault);
        Assert.Equal(
            [0x9F26, 0x9F27, 0x9F10, 0x9F37, 0x9F36, 0x95, 0x9A, 0x9C, 0x5F2A, 0x9F02, 0x9F03, 0x9F1A, 0x82, 0x9F33,
                0x9F34, 0x9F35, 0x9F1E, 0x84], tags);
        Assert.True(BerTlv.TryValidate(Samples.Emv, out _));
        Assert.True(BerTlv.TryFind(Samples.Emv, 0x9F36, out var counter));
        Assert.Equal("00A5", Convert.ToHexString(counter));
        Assert.False(BerTlv.TryFind(Samples.Emv, 0x5A, out _));
    }

    [Theory]
    [InlineData("", BerTlvFault.Truncated)]
    [InlineData("0000", BerTlvFault.Truncated)]
    [InlineData("9F", BerTlvFault.BadTag)]
    [InlineData("9F8181810100", BerTlvFault.BadTag)]
    [InlineData("95", BerTlvFault.BadLength)]
    [InlineData("958000", BerTlvFault.BadLength)]
    [InlineData("958300000100", BerTlvFault.BadLength)]
    [InlineData("9581", BerTlvFault.BadLength)]
    [InlineData("950500", BerTlvFault.Truncated)]
    [InlineData("95820500", BerTlvFault.Truncated)]
    [InlineData("7003950500", BerTlvFault.Truncated)]
    [InlineData("700870067004700295008200", BerTlvFault.TooDeep)]
    public void BadData_IsANamedFault(string hex, BerTlvFault expected)
    {
        Assert.False(BerTlv.TryValidate(Convert.FromHexString(hex), out var fault));
        Assert.Equal(expected, fault);
    }

    [Fact]
    public void NestedTemplateLongLengthsAndFillers_AreAccepted()
    {
        var nested = Convert.FromHexString("00007104860200A500" + "9581050000000000" + "FF8106035F2000");
        Assert.True(BerTlv.TryValidate(nested, out _));
        var bytes = new byte[255];
        Convert.FromHexString("9F108200FA").CopyTo(bytes, 0);
        Assert.True(BerTlv.TryValidate(bytes, out _));
        Assert.False(BerTlv.TryValidate(new byte[256], out _));
    }

    [Theory]
    [InlineData("9A0326112300", BerTlvFault.Padding, 5)]
    [InlineData("70059A03261123", BerTlvFault.None, 7)]
    [InlineData("9C010070049A032611", BerTlvFault.Truncated, 7)]
    [InlineData("70049C01009F", BerTlvFault.BadTag, 5)]
    [InlineData("70049C019F9C", BerTlvFault.BadLength, 6)]
    [InlineData("70059C01007000", BerTlvFault.TooDeep, 7)]
    public void OtherRules_AreKept_AndTheFaultIsWhereItSays(string hex, BerTlvFault expected, int offset)
    {
        var rules = new BerTlvRules(TagBytesMax: 1, DepthMax: 2, AllowsPadding: false);
        BerTlv.TryValidate(Convert.FromHexString(hex), rules, out var fault, out var at);
        Assert.Equal((expected, offset), (fault, at));
    }

    [Fact]
    public void RandomAndMutatedBytes_NeverThrowAndNeverReadOutside()
    {
        const int Seed = 8583;
        var random = new Random(Seed);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = random.Next(2) == 0 ? new byte[random.Next(256)] : Samples.Emv.ToArray();
            if (bytes.Length != Samples.Emv.Length) random.NextBytes(bytes);
            else for (var n = random.Next(1, 5); n > 0; n--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            BerTlv.TryValidate(bytes.AsSpan(0, random.Next(bytes.Length + 1)), out _);
        }
    }
}
