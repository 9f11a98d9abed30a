using Switch.BrokenVariants;
using Switch.Simulation.Tests.Fleet;

namespace Switch.Simulation.Tests;

/// <summary>Shows that the simulation can fail: it has to catch a service with one promise broken, and soon.</summary>
public sealed class BrokenVariantTests(ITestOutputHelper output)
{
    private const int SeedsMax = 2_000;

    /// <summary>What each variant breaks; that something is left to do at the end (G4, G7) is not enough.</summary>
    private static readonly string[] Promises = ["G1", "G2", "G3"];

    [Theory]
    [InlineData("reply-before-journal")]
    [InlineData("fold-sent-unknown")]
    [InlineData("complete-without-fence")]
    public void Variant_WithOnePromiseBroken_IsCaught(string name)
    {
        var variant = Variant.Find(name)!;
        for (var seed = 1; seed <= SeedsMax; seed++)
        {
            var broken = SimulatedRun.Play(seed, variant).Verdict.Violations
                .FirstOrDefault(static violation => Promises.Contains(violation.Split(' ')[0]));
            if (broken is null) continue;
            output.WriteLine($"{name}: caught by seed {seed}: {broken}");
            // It is the variant that breaks it, not the seed.
            Assert.Empty(SimulatedRun.Play(seed, Variant.None).Verdict.Violations);
            return;
        }

        Assert.Fail($"{name} broke none of {string.Join(", ", Promises)} in {SeedsMax} seeds");
    }
}
