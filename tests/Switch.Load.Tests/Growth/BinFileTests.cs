using Switch.Load.Growth;

namespace Switch.Load.Tests.Growth;

public sealed class BinFileTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(1_000)]
    [InlineData(1_003)]
    [InlineData(100_000)]
    [InlineData(400_005)]
    public void Lines_OfASize_AreSoManyDistinctRangesOfAtMostElevenDigits(int ranges)
    {
        var lines = BinFile.Lines(ranges).ToList();
        Assert.Equal("low,high,scheme,country,funding", lines[0]);
        var bins = lines.Skip(1).Select(static line => line.Split(',')).ToList();
        Assert.Equal(ranges, bins.Select(static b => b[0]).Distinct().Count());
        Assert.All(bins, static b => Assert.True(b[0] == b[1] && b[0].Length is >= 6 and <= 11));
        Assert.All(bins, static b => Assert.Equal(b[0][0] == '4' ? "visa" : "mastercard", b[2]));
    }

    [Fact]
    public void Lines_OfThousands_MeetTheCardsThatPay() => Assert.Equal(
        4, BinFile.Lines(4_000).Skip(1).Select(static line => line[..6]).Distinct()
            .Intersect(["411111", "400005", "555555", "520082"]).Count());
}
