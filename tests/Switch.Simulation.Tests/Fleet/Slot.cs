using System.Globalization;
using Switch.BrokenVariants;
using Switch.Service.Journal;
using Switch.Simulation.Tests.Ports;
using Switch.Simulation.Tests.World;

namespace Switch.Simulation.Tests.Fleet;

/// <summary>One place of the fleet, with its disk: the processes that run there, one after the other.</summary>
internal sealed class Slot
{
    private readonly string _name;
    private readonly Surroundings _around;
    private readonly Variant _variant;
    private Disk _disk;

    public Slot(string name, Surroundings around, Variant variant, Disk disk)
    {
        _name = name;
        _around = around;
        _variant = variant;
        _disk = disk;
        Current = Start();
    }

    /// <summary>The process there, or the last one.</summary>
    public Instance Current { get; private set; }

    public string Name => _name;

    public bool IsUp => !Current.Life.IsDead;

    /// <summary>It runs, answers, and nothing is about to happen to it.</summary>
    public bool IsSound =>
        Current.IsReady && Current.Store.IsTrusted && !Current.Life.IsStopped && !Current.Life.IsDoomed;

    /// <summary>Ids of events that were on a disk when it was destroyed.</summary>
    public HashSet<string> LostEvents { get; } = new(StringComparer.Ordinal);

    /// <summary>Reversals that were accepted while the store was away, on a disk when it was destroyed.</summary>
    public HashSet<string> LostReversals { get; } = new(StringComparer.Ordinal);

    /// <summary>Kills the process; another starts after a while, with its disk or an empty one.</summary>
    public void Crash(TimeSpan down, bool losesDisk)
    {
        if (!IsUp) return;
        _around.Trace.Say(_name, losesDisk ? "dies with its disk" : "dies");
        Current.Life.Kill();
        Current.Forget();
        if (losesDisk) LoseDisk();
        _around.Scheduler.After(down, () => Current = Start());
    }

    public void Stop(TimeSpan span)
    {
        if (!IsUp || Current.Life.IsStopped) return;
        _around.Trace.Say(_name, "stops");
        var life = Current.Life;
        life.Stop();
        _around.Scheduler.After(span, () =>
        {
            _around.Trace.Say(_name, "continues");
            life.Continue();
        });
    }

    public void Jump(TimeSpan by)
    {
        _around.Trace.Say(_name, "clock jumps", by.TotalSeconds.ToString("0", CultureInfo.InvariantCulture));
        Current.Life.Clock.Error += by;
    }

    /// <summary>The disk fails for a while.</summary>
    public void BreakDisk(JournalFault how, TimeSpan span)
    {
        _around.Trace.Say(_name, "disk", how.ToString());
        var journal = Current.Disk;
        journal.Break(how);
        _around.Scheduler.After(span, () => journal.Break(JournalFault.None));
    }

    private Instance Start()
    {
        _around.Trace.Say(_name, "starts");
        var life = new Life(_name, _around.Scheduler, _around.Trace);
        var outer = SynchronizationContext.Current;
        // Some parts begin their work when they are made.
        SynchronizationContext.SetSynchronizationContext(life);
        var instance = new Instance(life, _disk, _around, _variant);
        SynchronizationContext.SetSynchronizationContext(outer);
        instance.Start();
        return instance;
    }

    private void LoseDisk()
    {
        LostEvents.UnionWith(_disk.Outbox.Select(static row => row.EventId));
        LostReversals.UnionWith(_disk.Deferred.Select(deferred => deferred.TransactionId));
        _disk = _around.NewDisk();
    }
}
