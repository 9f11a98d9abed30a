using Switch.Load.Payments;

namespace Switch.Load.Tests.Payments;

public sealed class TerminalsTests
{
    [Fact]
    public void File_WithCommentsAndBlankLines_IsRead()
    {
        var read = Terminals.Read(["# merchant,terminal", "", "SHOP-1, T1", " SHOP-2,T2 "], out var fault);
        Assert.Empty(fault);
        Assert.Equal([new("SHOP-1", "T1"), new TerminalOfMerchant("SHOP-2", "T2")], read!);
    }

    [Theory]
    [InlineData("SHOP-1", "line 1")]
    [InlineData("SHOP-1,", "line 1")]
    [InlineData("SHOP-1,T1,more", "line 1")]
    [InlineData("SHOP-1,TERMINL8", null)]
    [InlineData("SHOP-1,TERMINAL10", "line 1")]
    [InlineData("SIXTEENLETTERS16,T1", "line 1")]
    [InlineData("# nothing", "no terminal")]
    public void File_Faults_AreNamedWithTheirLine(string line, string? expected)
    {
        var read = Terminals.Read([line], out var fault);
        Assert.Equal(expected is null, read is not null);
        Assert.Contains(expected ?? "", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Generated_Ids_AreAllDifferentAndOfOneLength()
    {
        var terminals = Terminals.Generate(Terminals.GeneratedMax);
        Assert.Equal(terminals.Length, terminals.Distinct().Count());
        Assert.Single(terminals.Select(static t => (t.Merchant.Length, t.Terminal.Length)).Distinct());
    }
}
