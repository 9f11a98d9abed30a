using Switch.Load.Compare;

namespace Switch.Load.Tests.Compare;

/// <summary>When a server counts as warm, by how long its compiler has worked.</summary>
public sealed class CompilerWatchTests
{
    private static readonly CompilerLook Started = new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(7));
    private CompilerLook _last = Started;

    [Fact]
    public void Share_OfATurn_IsWhatTheCompilerTookOfOneCoreSinceTheLastLook()
    {
        var watch = new CompilerWatch(3, Started);
        Look(watch, 0.05, seconds: 4);
        Assert.Equal(0.05, watch.Share, 6);
        Assert.Equal(TimeSpan.FromSeconds(4), watch.Time);
    }

    [Theory]
    [InlineData(0.0199, true)]
    [InlineData(0.0201, false)]
    public void Turns_OneInEachShape_AreQuietBelowTwoPercent(double share, bool isQuiet)
    {
        var watch = new CompilerWatch(3, Started);
        for (var i = 0; i < 3; i++) Look(watch, share);
        Assert.Equal((isQuiet, isQuiet), (watch.IsQuiet, watch.IsOver));
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(5, 5)]
    public void Turns_FewerThanShapesOrThanTwo_AreNotQuiet(int shapes, int needed)
    {
        var watch = new CompilerWatch(shapes, Started);
        for (var i = 1; i <= needed; i++)
        {
            Assert.False(watch.IsOver);
            Look(watch, 0);
            Assert.Equal(i, watch.Turns);
        }

        Assert.True(watch.IsQuiet);
    }

    [Fact]
    public void Turn_InWhichTheCompilerWorked_HasToBeFollowedByAQuietOneInEachShape()
    {
        var watch = new CompilerWatch(3, Started);
        foreach (var share in (double[])[0.2, 0.01, 0.01, 0.03, 0.01, 0.01])
        {
            Look(watch, share);
            Assert.False(watch.IsOver);
        }

        Look(watch, 0.005);
        Assert.True(watch.IsQuiet);
        Assert.Equal(0.01, watch.Share, 6);
    }

    [Fact]
    public void Compiler_ThatDoesNotLevelOff_IsGivenUpAfterAMinute()
    {
        var watch = new CompilerWatch(3, Started);
        for (var i = 0; i < 29; i++)
        {
            Look(watch, i == 27 ? 0.08 : 0.03);
            Assert.False(watch.IsOver);
        }

        Look(watch, 0.04);
        Assert.Equal((true, false), (watch.IsOver, watch.IsQuiet));
        Assert.Equal(0.08, watch.Share, 6);
    }

    [Fact]
    public void Line_OfAWarmUp_SaysWhetherItIsStillCompiling()
    {
        Assert.Equal(
            "warmed switch for 42 s: its compiler takes 1.3% of a core",
            new WarmUp(Contender.Switch, 42.2, 0.0125, true).ToString());
        Assert.Contains(
            "STILL COMPILING, 8.0% of a core", new WarmUp(Contender.Switch, 72, 0.08, false).ToString(),
            StringComparison.Ordinal);
    }

    private void Look(CompilerWatch watch, double share, double seconds = 2)
    {
        var time = TimeSpan.FromSeconds(seconds);
        _last = new CompilerLook(_last.At + time, _last.Compiled + (time * share));
        watch.Add(_last);
    }
}
