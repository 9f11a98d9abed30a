using Switch.Service.Journal;
using Switch.Simulation.Tests.World;

namespace Switch.Simulation.Tests.Fleet;

/// <summary>
/// What goes wrong in one run. A run in which disks are destroyed has a store that keeps its records, and the other way
/// round; and the store loses records only while every instance is there to put them back.
/// </summary>
internal sealed class FaultPlan
{
    private static readonly TimeSpan FaultsEnd = TimeSpan.FromSeconds(8);

    private readonly Surroundings _around;
    private readonly IReadOnlyList<Slot> _slots;
    private readonly Action _join;
    private readonly bool _losesDisks;
    private bool _hasJoined;
    private long _quietUntil;

    /// <param name="around">The world.</param>
    /// <param name="slots">Where instances run.</param>
    /// <param name="join">Adds an instance that knows no other.</param>
    public FaultPlan(Surroundings around, IReadOnlyList<Slot> slots, Action join)
    {
        _around = around;
        _slots = slots;
        _join = join;
        var scheduler = around.Scheduler;
        _losesDisks = scheduler.Draw(500);
        var weather = around.Weather;
        weather.TerminalTrouble = scheduler.Random.Next(4) * 60;
        weather.StoreTrouble = scheduler.Random.Next(3) * 10;
        weather.AcquirerTrouble = scheduler.Random.Next(4) * 90;
        var faults = scheduler.Random.Next(1, 18);
        for (var i = 0; i < faults; i++) scheduler.After(scheduler.Between(0, FaultsEnd.TotalMilliseconds), Strike);
    }

    /// <summary>Faults that struck.</summary>
    public int Count { get; private set; }

    private Scheduler Scheduler => _around.Scheduler;

    // While instances put back what the store has lost, the others are patient for so long; nothing keeps one away
    // longer.
    private bool IsQuiet => Scheduler.Now < _quietUntil;

    private void Strike()
    {
        Count++;
        var slot = _slots[Scheduler.Random.Next(_slots.Count)];
        switch (Scheduler.Random.Next(15))
        {
            case 0 or 1 or 2 or 3:
                Doom(slot);
                break;
            case 4 or 5:
                if (!IsQuiet) slot.Current.Life.Doom(Steps(), () => slot.Stop(Scheduler.Between(100, 6000)));
                break;
            case 6:
                slot.Jump(Scheduler.Between(-20_000, 20_000));
                break;
            case 7:
                StoreGoesAway(Scheduler.Between(50, 4000));
                break;
            case 8:
                StoreForgets();
                break;
            case 9:
                CutOff(slot, Downtime());
                break;
            case 10:
                slot.BreakDisk(Scheduler.Draw(500) ? JournalFault.Failing : JournalFault.Full, Downtime());
                break;
            case 11:
                BreakLink();
                break;
            case 12:
                _around.Weather.IsBrokerAway = true;
                Scheduler.After(Scheduler.Between(100, 5000), () => _around.Weather.IsBrokerAway = false);
                break;
            case 13:
                if (!_losesDisks) NewcomerJoins();
                break;
            default:
                if (IsQuiet) break;
                var before = _around.Weather.StoreTrouble;
                _around.Weather.StoreTrouble = 300;
                Scheduler.After(Downtime(), () => _around.Weather.StoreTrouble = before);
                break;
        }
    }

    private bool IsThere(Slot slot) => slot.IsSound && !_around.Weather.IsCutOff(slot.Name);

    // Now and then the next process there is doomed as well: it dies while it recovers.
    private void Doom(Slot slot)
    {
        slot.Current.Life.Doom(Steps(), () =>
        {
            var down = Downtime();
            slot.Crash(down, _losesDisks && Scheduler.Draw(400));
            if (Scheduler.Draw(250)) Scheduler.After(down, () => Doom(slot));
        });
    }

    // Mostly soon: a process that starts, or takes over, goes through few steps.
    private int Steps() => Scheduler.Draw(500) ? Scheduler.Random.Next(1, 12) : Scheduler.Random.Next(1, 80);

    private TimeSpan Downtime() => IsQuiet ? Scheduler.Between(1, 200) : Scheduler.Between(1, 6000);

    private void CutOff(Slot slot, TimeSpan span)
    {
        _around.Weather.CutOff(slot.Name);
        Scheduler.After(span, () => _around.Weather.Rejoin(slot.Name));
    }

    private void NewcomerJoins()
    {
        if (_hasJoined) return;
        _hasJoined = true;
        _join();
    }

    private void StoreGoesAway(TimeSpan span)
    {
        _around.Trace.Say("S", "store goes away");
        _around.Store.GoAway();
        Scheduler.After(span, () =>
        {
            _around.Trace.Say("S", "store is back");
            _around.Store.ComeBack();
        });
    }

    private void StoreForgets()
    {
        if (_losesDisks || IsQuiet || !_around.Store.IsUp || !_slots.All(IsThere)) return;
        _quietUntil = Scheduler.Now + TimeSpan.FromSeconds(8).Ticks;
        _around.Weather.StoreTrouble = Math.Min(_around.Weather.StoreTrouble, 10);
        StoreGoesAway(Scheduler.Between(1, 500));
        if (Scheduler.Draw(500))
        {
            _around.Trace.Say("S", "store loses everything");
            _around.Store.RestartEmpty();
        }
        else
        {
            _around.Trace.Say("S", "store loses its tail");
            _around.Store.RestartWithout(Scheduler.Between(10, 1000));
        }

        if (Scheduler.Draw(300)) Scheduler.After(Scheduler.Between(1, 1000), NewcomerJoins);
        if (Scheduler.Draw(300)) CutOff(_slots[Scheduler.Random.Next(_slots.Count)], Scheduler.Between(500, 3000));
    }

    private void BreakLink()
    {
        var host = _around.Hosts[Scheduler.Random.Next(_around.Hosts.Count)];
        var isSilent = Scheduler.Draw(500);
        _around.Trace.Say("S", isSilent ? "silent" : "link down", host.Name);
        host.IsSilent = isSilent;
        host.IsReachable = isSilent;
        Scheduler.After(Scheduler.Between(100, 5000), () => (host.IsSilent, host.IsReachable) = (false, true));
    }
}
