using System.Globalization;
using Switch.Chaos.Programs;
using Switch.Programs;

namespace Switch.Chaos.Overload;

/// <summary>Starts the stage and makes the rounds: the peak, three times the peak, half the peak at once.</summary>
internal sealed class OverloadRun
{
    private const double Overload = 3;
    private const double Half = 0.5;
    private const double BoundReached = 0.8;
    private const int Counters = 64;
    // Of the open loop. A refusal is back in a moment; this many wait only when the switch does not shed.
    private const int OutstandingFactor = 20;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);
    private readonly OverloadOptions _options;
    private readonly TextWriter _output;
    private readonly RunClock _clock = new();
    private readonly PaymentSource _payments = new(Counters);

    public OverloadRun(OverloadOptions options, TextWriter output)
    {
        _options = options;
        _output = output;
    }

    /// <summary>What the bound and the acquirers' latency let through at most.</summary>
    private double BoundPerSecond => _options.InFlightMax / _options.Latency.TotalSeconds;

    /// <summary>At most twice the rounds that were asked for: void ones are made again.</summary>
    public async Task<OverloadReport> RunAsync(string folder, CancellationToken interrupted)
    {
        await _output.WriteLineAsync($"Starting; logs go to {folder}");
        await using var stage = await Stage.StartAsync(StageOptions(folder), folder, _clock, Scenario());
        var instance = stage.Instances[0];
        await using var unary = new UnaryDoor(instance.Terminals);
        await using var streams = new StreamDoor(instance.Terminals);
        Door[] doors = [unary, streams];
        foreach (var door in doors) await WarmUpAsync(door);

        var report = new OverloadReport(_options);
        await _output.WriteLineAsync(OverloadReport.Header);
        for (var tries = 0; tries < _options.Rounds * 2 && !interrupted.IsCancellationRequested; tries++)
        {
            foreach (var door in doors)
            {
                if (report.Valid(door.Name).Count == _options.Rounds) continue;
                var round = await RoundAsync(instance, door);
                report.Add(round);
                await _output.WriteLineAsync(OverloadReport.Row(round));
            }
        }

        return report;
    }

    private async Task WarmUpAsync(Door door)
    {
        var load = NewLoad(door);
        await load.ClosedAsync(_options.InFlightMax, _options.Latency, WarmUp);
        await load.OpenAsync(Overload * BoundPerSecond, WarmUp);
        await load.DrainAsync();
    }

    private async Task<Round> RoundAsync(SwitchInstance instance, Door door)
    {
        var load = NewLoad(door);
        var (begin, end) = await load.ClosedAsync(_options.InFlightMax, _options.Latency, _options.Phase);
        var peak = Round.PerSecond(load.Samples, begin, end);
        if (peak <= 0) throw new HarnessException("not one final answer at the peak");

        var before = await RefusalTimes.ReadAsync(instance, door);
        var over = await load.OpenAsync(peak * Overload, _options.Phase);
        var reading = RefusalTimes.ReadAsync(instance, door);
        var fallen = await load.OpenAsync(peak * Half, _options.Phase);
        await load.DrainAsync();
        var round = Round.Of(
            door.Name, load.Samples, peak, over, fallen, await reading - before, ramp: _options.Latency * 2);
        // Below that it is the cores that set the peak, not the bound, and three times of it is no overload.
        return round with { IsVoid = round.IsVoid || peak < BoundPerSecond * BoundReached };
    }

    private Load NewLoad(Door door) => new(door, _payments, _clock, _options.InFlightMax * OutstandingFactor);

    private string Scenario() => string.Create(CultureInfo.InvariantCulture, $$"""
        seed: 1
        defaults:
          latency: {{_options.Latency.TotalMilliseconds}}ms
        network:
          require_sign_on: true
          before_sign_on: drop

        """);

    private ChaosOptions StageOptions(string folder)
    {
        var inFlightMax = _options.InFlightMax.ToString(CultureInfo.InvariantCulture);
        return ChaosOptions.Parse(
            [
                "--instances", "1", "--terminals", Counters.ToString(CultureInfo.InvariantCulture),
                "--set", $"Switch:Limits:InFlightMax={inFlightMax}",
                // The disks of the chaos run are small on purpose.
                "--set", $"Switch:Journal:Path={Path.Combine(folder, "journal", "journal.db")}",
                // The patience that production has: what the cores do to an answer is not to become a reversal.
                "--set", "Switch:Acquirers:alpha:ReplyTimeout=00:00:08",
                "--set", "Switch:Acquirers:beta:ReplyTimeout=00:00:08",
                "--set", "Switch:Redis:Lease=00:00:30",
            ],
            out var fault) ?? throw new HarnessException(fault);
    }
}
