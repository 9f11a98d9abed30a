namespace Switch.Simulation.Tests.World;

/// <summary>
/// One process from its start to its death. All that it awaits comes back through here: nothing any more once it is
/// dead, and later when it is stopped.
/// </summary>
internal sealed class Life : SynchronizationContext
{
    private readonly Scheduler _scheduler;
    private readonly Trace _trace;
    private readonly List<(SendOrPostCallback, object?)> _held = [];
    private readonly List<Action> _deathNotices = [];
    private int _stepsToTrouble;
    private Action? _trouble;

    public Life(string name, Scheduler scheduler, Trace trace)
    {
        Name = name;
        _scheduler = scheduler;
        _trace = trace;
        Clock = new LifeClock(this, scheduler);
    }

    public string Name { get; }

    public LifeClock Clock { get; }

    public bool IsDead { get; private set; }

    public bool IsStopped { get; private set; }

    /// <summary>Whether something is to happen to it at one of its next steps.</summary>
    public bool IsDoomed => _trouble is not null;

    /// <summary>Does this to it at the boundary of a step: so many boundaries from now.</summary>
    public void Doom(int steps, Action trouble)
    {
        _stepsToTrouble = steps;
        _trouble = trouble;
    }

    public void Absolve() => _trouble = null;

    /// <summary>The boundary of a step at a port. False: there is nobody left to take it.</summary>
    public bool Reach(string step)
    {
        if (IsDead) return false;
        if (_trouble is null || --_stepsToTrouble > 0) return true;
        var trouble = _trouble;
        _trouble = null;
        _trace.Say(Name, "meets trouble at", step);
        trouble();
        return !IsDead;
    }

    /// <summary>As SIGKILL.</summary>
    public void Kill()
    {
        if (IsDead) return;
        IsDead = true;
        _held.Clear();
        foreach (var notice in _deathNotices) notice();
        _deathNotices.Clear();
    }

    /// <summary>As SIGSTOP.</summary>
    public void Stop() => IsStopped = true;

    /// <summary>As SIGCONT.</summary>
    public void Continue()
    {
        IsStopped = false;
        foreach (var (callback, state) in _held) _scheduler.Enqueue(this, callback, state);
        _held.Clear();
    }

    public void OnDeath(Action notice) => _deathNotices.Add(notice);

    public void Do(Action action) => Post(static state => ((Action)state!)(), action);

    public void Run(SendOrPostCallback callback, object? state)
    {
        if (IsDead) return;
        if (IsStopped)
        {
            _held.Add((callback, state));
            return;
        }

        SetSynchronizationContext(this);
        callback(state);
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (!IsDead) _scheduler.Enqueue(this, d, state);
    }

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;
}
