using Switch.Load.Compare;
using Switch.Load.Doors;
using Switch.Load.Payments;
using Switch.Load.Runs;
using Switch.Programs;
using static System.FormattableString;

namespace Switch.Load.Latency;

/// <summary>Looks for the highest rate, then measures switch and bare server at half of it, turn by turn.</summary>
internal sealed class LatencyRun
{
    private const int TerminalsCount = 1000;
    private const int WarmUpCallers = 64;
    private const double RateMax = 1_000_000;
    private const double Precision = 0.1;
    private static readonly TimeSpan CallPatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan StepWarmUp = TimeSpan.FromSeconds(1);
    private readonly LatencyOptions _options;
    private readonly TextWriter _output;
    private readonly LoadOptions _load = new();
    private readonly PaymentGenerator _payments;
    private readonly TerminalOfMerchant[] _terminals = Terminals.Generate(TerminalsCount);
    private readonly PaymentNumbers _warmUps = new();

    public LatencyRun(LatencyOptions options, TextWriter output)
    {
        _options = options;
        _output = output;
        var wall = TimeProvider.System.GetUtcNow();
        _payments = new PaymentGenerator(options.Seed, PaymentGenerator.NameOfRun(wall), _terminals, 0, wall);
    }

    /// <summary>The whole run.</summary>
    /// <exception cref="HarnessException">It could not be made.</exception>
    public async Task<LatencyReport> RunAsync(string folder, CancellationToken stop)
    {
        await _output.WriteLineAsync("starting redis-server, broker, acquirer, bare and switch ...");
        await using var stage = await Stage.StartAsync(folder, _terminals, [Contender.Bare, Contender.Switch]);
        var card = RunCard.Of(folder);
        await _output.WriteLineAsync(card.ToString());
        await using var bare = Open(stage, Contender.Bare);
        await using var full = Open(stage, Contender.Switch);
        WarmUp[] warmUps =
        [
            await WarmUpAsync(stage, Contender.Bare, bare, stop),
            await WarmUpAsync(stage, Contender.Switch, full, stop),
        ];
        // Keys of its own: the warm-up has used those of the same numbers.
        var wall = TimeProvider.System.GetUtcNow();
        var payments = new PaymentGenerator(_options.Seed, PaymentGenerator.NameOfRun(wall), _terminals, 0, wall);
        var (toBare, toSwitch) = (Sender(bare, payments), Sender(full, payments));
        var max = _options.Max ?? await FindMaxAsync(toSwitch, stop);
        var rate = max / 2;
        await _output.WriteLineAsync(Invariant($"highest rate {max:0} a second, measured at {rate:0}"));
        var rounds = new List<LatencyRound>();
        for (var i = 0; i < _options.Rounds; i++)
        {
            var ofBare = await StepAsync(toBare, rate, _options.Measured, stop);
            var before = await stage[Contender.Switch].PageAsync();
            var ofSwitch = await StepAsync(toSwitch, rate, _options.Measured, stop);
            rounds.Add(RoundOf(ofBare, ofSwitch, before, await stage[Contender.Switch].PageAsync()));
            var round = rounds[^1];
            await _output.WriteLineAsync(
                Invariant($"round {i + 1}: p50 {round.P50:0.00} p99 {round.P99:0.00} ms, acquirer ")
                + Invariant($"{round.AcquirerP50:0.00} and {round.AcquirerP99:0.00}, bare {round.BareP50:0.00} and ")
                + Invariant($"{round.BareP99:0.00}{(round.IsLate ? "; the generator was late" : "")}"));
        }

        return new LatencyReport(max, rate, card, warmUps, rounds);
    }

    private static LatencyRound RoundOf(RunResult bare, RunResult full, string before, string after)
    {
        var link = HistogramTimes.Between(before, after, HistogramTimes.Link);
        var (ofBare, ofSwitch) = (bare.Measured.First(), full.Measured.First());
        return new LatencyRound(
            ofSwitch.Latency.P50, ofSwitch.Latency.P99, ofBare.Latency.P50, ofBare.Latency.P99, link.Ms(50),
            link.Ms(99), link.MeanMs, ofSwitch.Failed + ofSwitch.Dropped + ofSwitch.Unanswered, full.IsVoid,
            [
                .. HistogramTimes.OfStages(before, after)
                    .Select(static stage => new StageTimes(stage.Stage, stage.Times.MeanMs, stage.Times.Ms(99))),
            ]);
    }

    private async Task<double> FindMaxAsync(JobSender sender, CancellationToken stop)
    {
        var search = new RateSearch(_options.From, RateMax, Precision);
        while (search.Next is { } rate)
        {
            // Twice: others may have had the machine for a moment.
            var why = await WhyNotAsync(sender, rate, stop) is null ? null : await WhyNotAsync(sender, rate, stop);
            await _output.WriteLineAsync(Invariant($"  {rate,7:0} a second: {why ?? "holds"}"));
            search.Tell(why is null);
        }

        return search.Best ?? throw new HarnessException(Invariant(
            $"not even {_options.From} a second holds; name another with --from, or the highest rate with --max"));
    }

    private async Task<string?> WhyNotAsync(JobSender sender, double rate, CancellationToken stop)
    {
        var result = await StepAsync(sender, rate, _options.Step, stop);
        return FindMaxProgram.WhyNot(result.Measured.First(), result, _options.P99Ms, 0);
    }

    private async Task<RunResult> StepAsync(JobSender sender, double rate, TimeSpan time, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var schedule = Schedule.Of([rate], time, StepWarmUp);
        return await new LoadRun(sender.SendNextAsync, schedule, _load).RunAsync(0, null, stop);
    }

    // By the same rule as compare: until the server's compiler has levelled off.
    private async Task<WarmUp> WarmUpAsync(Stage stage, Contender contender, Door door, CancellationToken stop)
    {
        var loop = new ClosedLoop(door, _payments, _warmUps, new AnswerLog());
        var callers = loop.Start(WarmUpCallers);
        WarmUp warmed;
        try
        {
            warmed = await WarmUp.UntilQuietAsync(
                stage, contender, 1, TimeSpan.Zero, static _ => RunClock.Delay(CompilerWatch.Turn), stop);
        }
        finally
        {
            // The callers must not go on when their server ends.
            loop.End();
        }

        await callers.WaitAsync(CallPatience + CallPatience, TimeProvider.System, stop);
        await _output.WriteLineAsync(warmed.ToString());
        return warmed;
    }

    private JobSender Sender(Door door, PaymentGenerator payments) =>
        new(door, new Mix(_options.Seed, 0, 0), payments);

    private Door Open(Stage stage, Contender contender) => Door.Open(
        new Target { Address = new Uri(stage[contender].Address) }, false, _options.Connections, CallPatience);
}
