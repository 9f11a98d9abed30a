using System.Globalization;
using Switch.Chaos.Checking;
using Switch.Chaos.Programs;
using Switch.Chaos.Terminals;
using Switch.Programs;

namespace Switch.Chaos;

/// <summary>Waits until nothing moves and nothing is owed any more, and says what still was when it gave up.</summary>
internal sealed class Quiescence
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Nothing new for so long: it does not move.</summary>
    private static readonly TimeSpan Still = TimeSpan.FromSeconds(1);

    private readonly Stage _stage;
    private readonly TerminalFleet _fleet;
    private readonly EventReader _events;
    private readonly RunClock _clock;
    private readonly Dictionary<string, long> _ledgerBytes = [];
    private TimeSpan _ledgersMovedAt;

    public Quiescence(Stage stage, TerminalFleet fleet, EventReader events, RunClock clock)
    {
        _stage = stage;
        _fleet = fleet;
        _events = events;
        _clock = clock;
    }

    public async Task<QuietReport> WaitAsync(TimeSpan atMost)
    {
        var until = _clock.Now + atMost;
        while (true)
        {
            var open = new List<string>();
            var parked = 0L;
            if (_fleet.Open > 0) open.Add($"terminals: {_fleet.Open} payments without an end");
            foreach (var instance in _stage.Instances) parked += await LookAsync(instance, open);
            if (LedgersMove()) open.Add("acquirers: their ledgers still move");
            if (_events.Idle < Still) open.Add("broker: events still come");
            if (open.Count == 0 || _clock.Now >= until) return new QuietReport(open, parked);
            await RunClock.Delay(Pause);
        }
    }

    private static async Task<long> LookAsync(SwitchInstance instance, List<string> open)
    {
        if (instance.HasExited) instance.Start();
        if (await instance.MetricsAsync() is not { } metrics || !await instance.ReadyAsync(Pause))
        {
            open.Add($"{instance.Name}: not ready");
            return 0;
        }

        Add("cardswitch_journal_open_intents", "", "open intents");
        Add("cardswitch_outbox_lag", "", "events not on Kafka");
        Add("cardswitch_advices", "pending", "pending advices");
        return (long)metrics.Sum("cardswitch_advices", "parked");

        void Add(string name, string label, string what)
        {
            if (metrics.Sum(name, label) is > 0 and var value)
                open.Add(string.Create(CultureInfo.InvariantCulture, $"{instance.Name}: {value} {what}"));
        }
    }

    private bool LedgersMove()
    {
        foreach (var acquirer in _stage.Acquirers)
        {
            var length = new FileInfo(acquirer.LedgerPath).Length;
            if (_ledgerBytes.TryGetValue(acquirer.Name, out var before) && before == length) continue;
            _ledgerBytes[acquirer.Name] = length;
            _ledgersMovedAt = _clock.Now;
        }

        return _clock.Now - _ledgersMovedAt < Still;
    }
}
