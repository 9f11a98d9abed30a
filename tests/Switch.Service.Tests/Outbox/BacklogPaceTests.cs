using Microsoft.Extensions.Time.Testing;
using Switch.Service.Outbox;

namespace Switch.Service.Tests.Outbox;

public sealed class BacklogPaceTests
{
    private static readonly TimeSpan Run = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(0, 10_000)]
    [InlineData(4_000, 14_000)]
    [InlineData(10_000, 20_000)]
    [InlineData(25_000, 50_000)]
    public void HoldFor_ABacklog_TellsWhatComesInAndAsMuchAgainOrTheLeast(int arrivals, int told)
    {
        var (count, _) = Tell(arrivals, behind: 2_000_000);
        Assert.InRange(count / Run.TotalSeconds, told * 0.98, told * 1.02);
    }

    [Fact]
    public void HoldFor_NearTheNewest_HoldsNothingBack()
    {
        var pace = new BacklogPace(new FakeTimeProvider());
        for (var i = 1; i <= 100_000; i++) Assert.Null(pace.HoldFor(i + BacklogPace.Behind - 1, i));
    }

    [Fact]
    public void HoldFor_ABacklog_EndsItAndThenHoldsNothingBack()
    {
        var (_, behind) = Tell(arrivals: 5_000, behind: 60_000);
        Assert.True(behind < BacklogPace.Behind);
    }

    // A relay that tells whatever it may, as events come in evenly: how many it told, and how far behind it then is.
    private static (long Told, long Behind) Tell(int arrivals, long behind)
    {
        var time = new FakeTimeProvider();
        var pace = new BacklogPace(time);
        var began = time.GetTimestamp();
        long Newest() => 5_000_000 + (long)(time.GetElapsedTime(began).TotalSeconds * arrivals);
        var first = Newest() - behind;
        var next = first;
        while (time.GetElapsedTime(began) < Run)
        {
            if (next > Newest()) time.Advance(BacklogPace.Window);
            else if (pace.HoldFor(Newest(), next) is { } wait) time.Advance(wait);
            else next++;
        }

        return (next - first, Newest() - next);
    }
}
