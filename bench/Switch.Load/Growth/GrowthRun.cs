using Switch.Load.Payments;
using Switch.Programs;

namespace Switch.Load.Growth;

/// <summary>Runs the series that were asked for, one after the other.</summary>
internal sealed class GrowthRun
{
    private const int TerminalsCount = 1000;

    // Key, expiry and the server's own overhead beside a value of 0.75 KB.
    private const long BytesOfRecord = 1_000;
    private const long BytesBeside = 2L << 30;
    private readonly GrowthOptions _options;
    private readonly TextWriter _output;

    public GrowthRun(GrowthOptions options, TextWriter output)
    {
        _options = options;
        _output = output;
    }

    /// <summary>The whole run; what a stop leaves is in the report.</summary>
    /// <exception cref="HarnessException">A step can't be made.</exception>
    public async Task RunAsync(string folder, GrowthReport report, CancellationToken stop)
    {
        CheckMemory();
        var terminals = Terminals.Generate(TerminalsCount);
        var wall = TimeProvider.System.GetUtcNow();
        var payments = new PaymentGenerator(_options.Seed, PaymentGenerator.NameOfRun(wall), terminals, 0, wall);
        await _output.WriteLineAsync(report.Card.ToString());
        await using var ground = await Ground.StartAsync(folder, terminals);
        var run = new SeriesRun(ground, new Meter(payments), _options, async point =>
        {
            report.Add(point);
            await _output.WriteLineAsync(GrowthReport.Line(point));
        });
        await _output.WriteLineAsync(GrowthReport.Header);
        foreach (var series in _options.Series)
        {
            stop.ThrowIfCancellationRequested();
            await ground.StartAcquirerAsync();
            await (series switch
            {
                Grown.Redis => RedisSeries.RunAsync(run, stop),
                Grown.Bins => BinSeries.RunAsync(run, stop),
                Grown.Connections => ConnectionSeries.RunAsync(run, stop),
                _ => OutboxSeries.RunAsync(run, stop),
            });
        }
    }

    private void CheckMemory()
    {
        if (!_options.Series.Contains(Grown.Redis)) return;
        var needed = (_options.Records[^1] * BytesOfRecord) + BytesBeside;
        var available = ProcessMemory.AvailableBytes();
        if (available >= needed) return;
        throw new HarnessException(FormattableString.Invariant(
            $"{_options.Records[^1]} records need {needed / 1e9:0.0} GB, {available / 1e9:0.0} are free: ask for ")
            + "fewer with --records");
    }
}
