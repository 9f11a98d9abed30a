using Switch.Load.Payments;

namespace Switch.Load.Tests.Payments;

public sealed class MixTests
{
    private const int Jobs = 20_000;

    [Fact]
    public void Jobs_Shares_AreThoseThatWereAsked()
    {
        var kinds = Enumerable.Range(0, Jobs).Select(n => new Mix(3, 10, 5)[n].Kind).ToList();
        Assert.InRange(kinds.Count(static k => k == JobKind.Repeat), Jobs * 0.09, Jobs * 0.11);
        Assert.InRange(kinds.Count(static k => k == JobKind.Reverse), Jobs * 0.042, Jobs * 0.058);
    }

    [Fact]
    public void Jobs_ThatAreNoPayments_AreAboutAnEarlierOne()
    {
        var mix = new Mix(3, 50, 40);
        for (var n = 0; n < Jobs; n++)
        {
            var job = mix[n];
            if (job.Kind == JobKind.Pay) Assert.Equal(n, job.Payment);
            else Assert.Equal(new Job(JobKind.Pay, job.Payment), Assert.Single([mix[job.Payment]]));
            Assert.InRange(job.Payment, 0, n);
        }
    }

    [Fact]
    public void Jobs_WithoutAMix_AreAllPayments() =>
        Assert.All(Enumerable.Range(0, 1000), static n => Assert.Equal(new Job(JobKind.Pay, n), new Mix(1, 0, 0)[n]));

    [Fact]
    public void Jobs_SameSeed_AreTheSame()
    {
        static IEnumerable<Job> Of(long seed) => Enumerable.Range(0, 1000).Select(n => new Mix(seed, 20, 20)[n]);
        Assert.Equal(Of(11), Of(11));
        Assert.NotEqual(Of(11), Of(12));
    }
}
