using Switch.Chaos.Faults;
using Switch.Programs;

namespace Switch.Chaos.Tests.Faults;

public sealed class FaultLogTests
{
    [Fact]
    public void Counts_AreThoseOfOneMoment_WhileFaultsGoOn()
    {
        var log = new FaultLog(new RunClock(), null);
        log.Count("a", 1);
        log.Count("b", 2);

        var kinds = 0;
        foreach (var (kind, _) in log.Counts)
        {
            log.Count($"{kind} again", 1);
            kinds++;
        }

        Assert.Equal(2, kinds);
        Assert.Equal(4, log.Counts.Count);
    }
}
