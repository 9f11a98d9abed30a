using Switch.Load.Runs;

namespace Switch.Load.Tests.Runs;

/// <summary>Time that passes when somebody waits, or when the test says so.</summary>
internal sealed class ManualTime : RunTime
{
    private TimeSpan _now;

    public override TimeSpan Now => _now;

    public override void Wait(TimeSpan time) => _now += time;
}
