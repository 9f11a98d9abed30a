using System.Globalization;
using Switch.BrokenVariants;
using Switch.Service.Idempotency;
using Switch.Service.Keys;
using Switch.Simulation.Tests.Ports;

namespace Switch.Simulation.Tests.Fleet;

/// <summary>One seed: a fleet, its terminals, what goes wrong, and the rest that has to follow.</summary>
internal sealed class SimulatedRun
{
    private static readonly TimeSpan PaymentsEnd = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan FaultsEnd = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan RestEnd = TimeSpan.FromSeconds(200);

    private readonly Surroundings _around;
    private readonly List<Slot> _slots = [];
    private readonly List<Payment> _payments = [];
    private readonly FaultPlan _plan;

    private SimulatedRun(int seed, Variant variant, bool keepsLines)
    {
        _around = new Surroundings(seed, keepsLines);
        var scheduler = _around.Scheduler;
        foreach (var disk in DisksOfAFleet(scheduler.Draw(300) ? 3 : 2)) Join(disk, variant);
        var terminal = new Terminal(_around, _slots);
        var identity = new TransactionIdentity(FixedParts.Shared.Keys);
        var payments = scheduler.Random.Next(3, 11);
        for (var i = 1; i <= payments; i++)
        {
            var payment = new Payment(i, DrawHabit()) { Errands = 1 };
            payment.TransactionId = identity.TransactionId("SHOP", "T0000001", payment.Key);
            payment.Rrn = identity.RetrievalReferenceNumber(payment.TransactionId);
            _payments.Add(payment);
            scheduler.After(scheduler.Between(0, PaymentsEnd.TotalMilliseconds), () =>
            {
                payment.Errands = 0;
                terminal.Begin(payment);
            });
        }

        _plan = new FaultPlan(_around, _slots, () => Join(_around.NewDisk(), variant));
    }

    /// <summary>Plays a seed.</summary>
    public static RunResult Play(int seed, Variant variant, bool keepsLines = false)
    {
        var run = new SimulatedRun(seed, variant, keepsLines);
        return run.Play(seed);
    }

    // It has been at work for a while: everybody has heard of everybody, and the store is as they know it.
    private List<Disk> DisksOfAFleet(int instances)
    {
        var disks = Enumerable.Range(0, instances).Select(_ => _around.NewDisk()).ToList();
        _around.Store.PlantCanary();
        var peers = string.Join(
            ',', disks.Select(static disk => disk.Id.ToString("x16", CultureInfo.InvariantCulture)));
        foreach (var disk in disks) disk.StoreNote = $"{_around.Store.Identify()}|{peers}";
        return disks;
    }

    private void Join(Disk disk, Variant variant) =>
        _slots.Add(new Slot($"{(char)('A' + _slots.Count)}", _around, variant, disk));

    private RunResult Play(int seed)
    {
        var scheduler = _around.Scheduler;
        scheduler.RunUntil(static () => false, FaultsEnd);
        _around.Trace.Say("S", "all is well from here");
        _around.Weather.Clear();
        foreach (var slot in _slots) slot.Current.Life.Absolve();
        var isAtRest = scheduler.RunUntil(() => LeftToDo().Length == 0, RestEnd);
        var verdict = Verdict.Of(_around, _slots, _payments, isAtRest ? "" : LeftToDo());
        foreach (var slot in _slots) slot.Current.Forget();
        return new RunResult(seed, _around, verdict, _plan.Count, _payments.Sum(static payment => payment.Calls));
    }

    private string LeftToDo()
    {
        var errands = _payments.Sum(static payment => payment.Errands);
        if (errands > 0) return string.Create(CultureInfo.InvariantCulture, $"terminals have {errands} errands");
        foreach (var slot in _slots)
        {
            if (!slot.Current.IsReady) return $"{slot.Name} is not ready";
            if (slot.Current.LeftToDo() is { Length: > 0 } left) return $"{slot.Name}: {left}";
        }

        foreach (var (id, record) in _around.Store.Records())
        {
            if (record.State == RecordState.InFlight) return $"{id[..4]} is in flight";
            // Its disk is gone, and with it whoever knew of the terminal's wish.
            if (_slots.Any(slot => slot.LostReversals.Contains(id))) continue;
            if (record.State == RecordState.Final && record.ReversalOwed) return $"{id[..4]} owes a reversal";
        }

        return _around.Store.IndexCount > 0 ? "the index is not empty" : "";
    }

    private Habit DrawHabit() => _around.Scheduler.Random.Next(10) switch
    {
        0 => Habit.ReversesAfter,
        1 or 2 => Habit.ReversesDuring,
        3 => Habit.ReversesBefore,
        4 or 5 => Habit.AsksTwice,
        _ => Habit.Pays,
    };
}

/// <summary>How a seed went.</summary>
internal sealed record RunResult(int Seed, Surroundings Around, Verdict Verdict, int Faults, int Calls)
{
    public bool IsGood => Verdict.Violations.Count == 0;

    public ulong Hash => Around.Trace.Hash;
}
