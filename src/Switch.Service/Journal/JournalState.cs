namespace Switch.Service.Journal;

/// <summary>
/// What the writer publishes after each commit and everyone else reads. Only the writer's thread sets it.
/// </summary>
internal sealed class JournalState : IDisposable
{
    private readonly SemaphoreSlim _newEvents = new(0, 1);
    private readonly SemaphoreSlim _newAdvices = new(0, 1);
    private volatile Snapshot _snapshot = new(default, WalTooLong: false);
    private volatile Condition _condition = new(JournalFault.None, "");

    /// <summary>None while the disk works; Full or Failing until a probe has succeeded.</summary>
    public JournalFault Health => _condition.Health;

    /// <summary>What the disk or SQLite last said; no data of any row.</summary>
    public string LastError => _condition.Error;

    /// <summary>Levels as of the last commit.</summary>
    public JournalLevels Levels => _snapshot.Levels;

    /// <summary>A reader holds a snapshot open for so long that the log has grown to the bound of the file.</summary>
    public bool WalTooLong => _snapshot.WalTooLong;

    /// <summary>Told on the writer's thread when the health changes, with <see cref="LastError"/>.</summary>
    public event Action<JournalFault, string>? HealthChanged;

    public void Publish(in JournalLevels levels) => _snapshot = _snapshot with { Levels = levels };

    public void PublishWal(bool tooLong) => _snapshot = _snapshot with { WalTooLong = tooLong };

    public void SetHealth(JournalFault health, string error)
    {
        var changed = health != _condition.Health;
        _condition = new Condition(health, error);
        if (!changed) return;
        try
        {
            HealthChanged?.Invoke(health, error);
        }
        catch (Exception)
        {
            // Whoever listens reports; a report that fails must not end the writer's thread.
        }
    }

    /// <summary>New events are readable.</summary>
    public void SignalEvents()
    {
        if (_newEvents.CurrentCount > 0) return;
        lock (_newEvents)
            if (_newEvents.CurrentCount == 0) _newEvents.Release();
    }

    /// <summary>Returns once after each signal; several signals in between count as one.</summary>
    public Task WaitForEventsAsync(CancellationToken cancellationToken) => _newEvents.WaitAsync(cancellationToken);

    /// <summary>New advices are readable. Called as <see cref="SignalEvents"/> is.</summary>
    public void SignalAdvices()
    {
        if (_newAdvices.CurrentCount == 0) _newAdvices.Release();
    }

    /// <summary>Returns once after each signal; several signals in between count as one.</summary>
    public Task WaitForAdvicesAsync(CancellationToken cancellationToken) => _newAdvices.WaitAsync(cancellationToken);

    public void Dispose()
    {
        _newEvents.Dispose();
        _newAdvices.Dispose();
    }

    private sealed record Snapshot(JournalLevels Levels, bool WalTooLong);

    private sealed record Condition(JournalFault Health, string Error);
}
