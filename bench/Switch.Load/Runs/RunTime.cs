namespace Switch.Load.Runs;

/// <summary>Time since the begin of a run.</summary>
internal class RunTime
{
    private readonly long _started = TimeProvider.System.GetTimestamp();

    public virtual TimeSpan Now => TimeProvider.System.GetElapsedTime(_started);

    /// <summary>Blocks the thread for about this long.</summary>
    public virtual void Wait(TimeSpan time) => Pause.For(time);
}
