namespace Switch.Chaos.Tests;

public sealed class ChaosOptionsTests
{
    [Fact]
    public void Parse_NoFloors_AreZero()
    {
        var options = ChaosOptions.Parse([], out _)!;
        Assert.Equal(0, options.MinKills);
        Assert.Equal(0, options.MinAuthorizations);
    }

    [Fact]
    public void Parse_Floors_AreTaken()
    {
        var options = ChaosOptions.Parse(["--min-kills", "20", "--min-authorizations", "5000"], out _)!;
        Assert.Equal(20, options.MinKills);
        Assert.Equal(5000, options.MinAuthorizations);
    }

    [Fact]
    public void Parse_OnlyOfAKindThatThereIsNot_IsRefused()
    {
        Assert.Null(ChaosOptions.Parse(["--only", "instance_kill,instance_kil"], out var fault));
        Assert.Contains("instance_kill_after_send", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--min-kills")]
    [InlineData("--min-authorizations")]
    [InlineData("--dense")]
    public void Usage_HasTheOption(string name) => Assert.Contains(name, ChaosOptions.Usage, StringComparison.Ordinal);
}
