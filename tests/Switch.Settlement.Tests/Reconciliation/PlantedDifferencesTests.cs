using Switch.Settlement.Reconciliation;
using Switch.Settlement.Tests.Terms;
using Switch.Simulator;

namespace Switch.Settlement.Tests.Reconciliation;

/// <summary>The simulator plants differences: all are found, and nothing else is.</summary>
public sealed class PlantedDifferencesTests
{
    private static readonly AcquirerFileMapping Mapping = SampleTerms.Read().Reconciliation.Files["alpha"];

    [Fact]
    public void Match_HonestFile_FindsNothing()
    {
        var ledger = new RandomLedger(1, 500);
        var (planted, findings) = Run(ledger, AcquirerFilePlan.Honest);
        Assert.Empty(planted);
        Assert.All(findings, f => Assert.Equal(MatchOutcome.Matched, f.Outcome));
        Assert.Equal(ledger.Ours.Count, findings.Count);
    }

    [Fact]
    public void Match_PlantedDifferences_AllAreFoundAndNothingElse()
    {
        var first = Random.Shared.Next();
        var kinds = new HashSet<PlantedKind>();
        for (var seed = first; seed < first + 400; seed++)
        {
            var ledger = new RandomLedger(seed, seed % 90);
            var (planted, findings) = Run(ledger, new AcquirerFilePlan(seed, seed % 40, AmountOffMinor: 2));
            kinds.UnionWith(planted.Select(p => p.Kind));
            var expected = planted.Select(p => (Outcome(p.Kind), p.Rrn, p.IsCredit)).Order();
            var found = findings.Where(f => f.Outcome != MatchOutcome.Matched).Select(f =>
                (f.Outcome, (f.Ours ?? f.Theirs)!.Rrn, (f.Ours ?? f.Theirs)!.Direction < 0)).Order();
            Assert.True(
                expected.SequenceEqual(found),
                $"seed {seed}: planted {string.Join(", ", expected)}; found {string.Join(", ", found)}");
        }

        Assert.Equal(Enum.GetValues<PlantedKind>(), kinds.Order());
    }

    [Fact]
    public void Match_OursInAnyOrder_FindsTheSame()
    {
        var seed = Random.Shared.Next();
        var ledger = new RandomLedger(seed, 200);
        var plan = new AcquirerFilePlan(seed, 60, 2);
        var (_, expected) = Run(ledger, plan);
        new Random(seed).Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(ledger.Ours));
        var (_, found) = Run(ledger, plan);
        Assert.True(expected.SequenceEqual(found), $"seed {seed}");
    }

    [Fact]
    public void Match_ManyLinesOfOneReference_IsDoneInTime()
    {
        // A hostile file: every line the same payment.
        var theirs = Enumerable.Range(1, 200_000).Select(i =>
            new SettledLine(i, "500000000001", "A", "4242", "EUR", 100, RandomLedger.Day)).ToList();
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        var findings = Matcher.Match(
            [theirs[0]], theirs, static date => date == RandomLedger.Day, static () => [], new MatchTerms());
        Assert.Equal(theirs.Count - 1, findings.Count(f => f.Outcome == MatchOutcome.Duplicate));
        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20));
    }

    private static (IReadOnlyList<PlantedDifference> Planted, IReadOnlyList<Finding> Findings) Run(
        RandomLedger ledger, AcquirerFilePlan plan)
    {
        using var stream = new MemoryStream();
        var planted = AcquirerFile.Write(ledger.Entries, "alpha", RandomLedger.Day, plan, stream);
        var read = AcquirerFileReader.Read("a.csv", stream.ToArray(), Mapping, null, RandomLedger.Day.AddDays(5));
        Assert.Empty(read.Faults);
        Assert.Equal(RandomLedger.Day, read.File!.BusinessDate);
        return (planted, Matcher.Match(
            ledger.Ours, read.File.Lines, date => date == read.File.BusinessDate, static () => [], Mapping.Match));
    }

    private static MatchOutcome Outcome(PlantedKind kind) => kind switch
    {
        PlantedKind.MissingLine => MatchOutcome.MissingOnTheirs,
        PlantedKind.ExtraLine => MatchOutcome.MissingOnOurs,
        PlantedKind.AmountOff => MatchOutcome.AmountDiffers,
        PlantedKind.CurrencyOff => MatchOutcome.CurrencyDiffers,
        PlantedKind.Duplicate => MatchOutcome.Duplicate,
        _ => MatchOutcome.Timing,
    };
}
