using Switch.BrokenVariants;
using Switch.Simulation.Tests.Fleet;

namespace Switch.Simulation.Tests;

/// <summary>Shows that the simulation can fail: it has to catch a service with one promise broken, and soon.</summary>
public sealed class BrokenVariantTests(ITestOutputHelper output)
{
    private const int SeedsMax = 2_000;

    [Theory]
    [InlineData("reply-before-journal")]
    [InlineData("fold-sent-unknown")]
    [InlineData("complete-without-fence")]
    public void Variant_WithOnePromiseBroken_IsCaught(string name)
    {
        var variant = Variant.Find(name)!;
        for (var seed = 1; seed <= SeedsMax; seed++)
        {
            var result = SimulatedRun.Play(seed, variant);
            if (result.IsGood) continue;
            output.WriteLine($"{name}: caught by seed {seed}: {result.Verdict.Violations[0]}");
            return;
        }

        Assert.Fail($"{name} got through {SeedsMax} seeds");
    }
}
