using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Switch.Testing;

namespace Switch.EndToEnd.Tests;

/// <summary>The search has to find what it is for: a canary is planted in each form, between other bytes.</summary>
public sealed class CardDataSearchTests
{
    private const string Pan = "4539578763621486";
    private const string Track2 = Pan + "=30122019876504321098";
    private static readonly byte[] PinBlock = Convert.FromHexString("8E19ED4BCA5C67F1");
    private static readonly byte[] Noise = Encoding.ASCII.GetBytes("xyz 0123456789 {\"n\":1} ");

    public static TheoryData<string, byte[]> Forms => new()
    {
        { "ASCII", Ascii($"pan={Pan},") },
        { "UTF-16 LE", Encoding.Unicode.GetBytes(Pan) },
        { "UTF-16 BE", Encoding.BigEndianUnicode.GetBytes(Pan) },
        { "BCD", Convert.FromHexString(Pan) },
        { "BCD in the middle of a byte", Convert.FromHexString("1" + Pan + "2") },
        { "BCD track", Convert.FromHexString(Track2.Replace('=', 'D') + "F") },
        { "BCD track in the middle of a byte", Convert.FromHexString("0" + Track2.Replace('=', 'D')) },
        { "EBCDIC", [.. Pan.Select(c => (byte)(c - '0' + 0xF0))] },
        { "hex of ASCII", Ascii(Convert.ToHexString(Ascii(Pan))) },
        { "hex of UTF-16", Ascii(Convert.ToHexStringLower(Encoding.Unicode.GetBytes(Pan))) },
        { "BitConverter", Ascii(BitConverter.ToString(Convert.FromHexString(Pan))) },
        { "base64 at 0", Ascii(Convert.ToBase64String(Ascii(Pan))) },
        { "base64 at 1", Ascii(Convert.ToBase64String(Ascii("a" + Pan + "z"))) },
        { "base64 at 2", Ascii(Convert.ToBase64String(Ascii("ab" + Pan + "yz"))) },
        { "base64 of BCD", Ascii(Convert.ToBase64String([1, .. Convert.FromHexString(Pan)])) },
        { "base64 of UTF-16", Ascii(Convert.ToBase64String([1, 2, .. Encoding.Unicode.GetBytes(Pan)])) },
        { "list of bytes", Ascii(string.Join(", ", Ascii(Pan))) },
        { "grouped", Ascii("4539 5787 6362 1486") },
        { "hyphens", Ascii("4539-5787-6362-1486") },
        { "little-endian", LittleEndian(ulong.Parse(Pan, CultureInfo.InvariantCulture)) },
        { "big-endian", BigEndian(ulong.Parse(Pan, CultureInfo.InvariantCulture)) },
        { "without first two", Ascii(Pan[2..]) },
        { "ten in the middle", Ascii("******" + Pan[3..13] + "***") },
        { "base64 of a part", Ascii(Convert.ToBase64String(Ascii("pan:" + Pan[..12]))) },
        { "first eight and last four", Ascii($"{Pan[..8]}****{Pan[^4..]}") },
        { "first eight and last four apart", Ascii($"bin={Pan[..8]} last={Pan[^4..]}") },
        { "discretionary data", Ascii(Track2[^13..]) },
        { "PIN block", PinBlock },
        { "PIN block in lower hex", Ascii(Convert.ToHexStringLower(PinBlock)) },
        { "PIN block in hex as UTF-16", Encoding.Unicode.GetBytes(Convert.ToHexString(PinBlock)) },
        { "PIN block in base64 at 1", Ascii(Convert.ToBase64String([0, .. PinBlock])) },
        { "PIN block in base64url", Ascii(System.Buffers.Text.Base64Url.EncodeToString(PinBlock)) },
        { "PIN block as Latin-1 text", Encoding.UTF8.GetBytes(Encoding.Latin1.GetString(PinBlock)) },
    };

    [Theory]
    [MemberData(nameof(Forms), DisableDiscoveryEnumeration = true)]
    public void Find_PlantedInAForm_IsFound(string form, byte[] planted)
    {
        var found = Search().Find(form, [.. Noise, .. planted, .. Noise]);
        Assert.NotEmpty(found);
        Assert.All(found, sighting => Assert.Equal(form, sighting.Where));
    }

    [Theory]
    [InlineData("453957******1486")]
    [InlineData("first_six=453957 last_four=1486")]
    [InlineData("45395787 alone is a BIN")]
    [InlineData("9876504 32109")]
    public void Find_WhatMayBeShown_IsNotFound(string text) => Assert.Empty(Search().Find("text", text));

    [Fact]
    public void Find_RandomBytes_FindsNothing()
    {
        var bytes = new byte[4 << 20];
        new Random(20_26).NextBytes(bytes);
        Assert.Empty(Search().Find("noise", bytes));
    }

    [Fact]
    public void CanaryCards_SameSeed_AreTheSame_AndValid()
    {
        var (first, second) = (new CanaryCards(7).Next("a"), new CanaryCards(7).Next("a"));
        Assert.Equal((first.Pan, first.Track2), (second.Pan, second.Track2));
        Assert.True(Service.Cards.Track2.TryParse(first.Track2, out _, out _));
        Assert.True(Service.Cards.EmvData.TryValidate(first.Emv, out _));
    }

    private static CardDataSearch Search()
    {
        var search = new CardDataSearch();
        search.AddCardNumber("card", Pan);
        search.AddText("discretionary", Track2[^13..]);
        search.AddText("track", Track2);
        search.AddBytes("PIN block", PinBlock);
        return search;
    }

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    private static byte[] LittleEndian(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] BigEndian(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }
}
