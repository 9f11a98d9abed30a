using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Switch.Chaos.Checking;
using Switch.Chaos.Faults;
using Switch.Chaos.Programs;
using Switch.Programs;

namespace Switch.Chaos.Reports;

/// <summary>What a run did and found: for people, as JSON, and as one line.</summary>
internal sealed class RunReport
{
    /// <summary>Timelines on the screen for each rule; the file has them all.</summary>
    private const int ShownOfRule = 2;

    /// <summary>Timelines in the JSON.</summary>
    private const int TimelinesInJson = 200;

    private static readonly JsonSerializerOptions Compact =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions Indented = new(Compact) { WriteIndented = true };

    private readonly Evidence _evidence;
    private readonly Verdict _verdict;
    private readonly FaultLog _log;
    private readonly RunClock _clock;
    private readonly DossierFile _file;
    private readonly RunFigures _figures;

    public RunReport(
        ChaosOptions options, Evidence evidence, Verdict verdict, FaultLog log, RunClock clock, TimeSpan tookCalm)
    {
        _evidence = evidence;
        _verdict = verdict;
        _log = log;
        _clock = clock;
        _file = DossierFile.Of(evidence);
        CountAcquirerFaults();
        _figures = RunFigures.Of(options, evidence, verdict, log, tookCalm);
        Missed = Floors.Missed(options, _figures.Kills, _figures.Authorizations);
    }

    /// <summary>
    /// A violation is one whatever else the run lacked; without any, a run that was too small says nothing.
    /// </summary>
    public int ExitStatus => _verdict.Violations.Count > 0 ? ChaosProgram.Violated
        : Missed.Count > 0 ? ChaosProgram.SaysNothing
        : ChaosProgram.Clean;

    /// <summary>Floors that the run did not reach.</summary>
    public IReadOnlyList<string> Missed { get; }

    public string SummaryLine() => JsonSerializer.Serialize(_figures, RunFigures.Json);

    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            figures = JsonSerializer.SerializeToElement(_figures, RunFigures.Json),
            missed = Missed,
            faults = _log.Counts,
            leftOut = _log.LeftOut,
            statuses = RunFigures.Statuses(_evidence),
            violations = Rows(_verdict.Violations),
            outsideConditions = Rows(_verdict.OutsideConditions),
            unpublishedOnLostDisk = Rows(_verdict.UnpublishedOnLostDisk),
            parked = Rows(_verdict.Parked),
        },
        Indented);

    public async Task PrintAsync(TextWriter output)
    {
        await output.WriteLineAsync(
            $"\n{_figures.Authorizations} authorizations ({_figures.Approved} approved), {_figures.Retries} retries, "
            + $"{_figures.Replays} replays, {_figures.Reversals} reversals, {_figures.Unresolved} unresolved, "
            + $"{_figures.LedgerEntries} ledger entries, {_figures.Events} events; "
            + $"{(_evidence.Quiet.Open.Count == 0 ? "quiet" : "NOT QUIET")} after {_figures.CalmSeconds} s");
        await output.WriteLineAsync(
            "Faults: " + Join(_log.Counts) + (_log.Skipped > 0 ? $"; {_log.Skipped} skipped" : ""));
        foreach (var left in _log.LeftOut.GroupBy(static left => left.Value, static left => left.Key))
            await output.WriteLineAsync($"Left out, {left.Key}: {string.Join(", ", left)}");
        await output.WriteLineAsync("Calls: " + Join(RunFigures.Statuses(_evidence)));
        await PrintAsync(output, "outside the guarantees' conditions", _verdict.OutsideConditions);
        await PrintAsync(output, "unpublished, on a disk that was destroyed", _verdict.UnpublishedOnLostDisk);
        await PrintAsync(output, "parked for a person", _verdict.Parked);
        await PrintAsync(output, "VIOLATIONS", _verdict.Violations);
        foreach (var guarantee in Enum.GetValues<Guarantee>())
            await output.WriteLineAsync($"{guarantee}: {_verdict.Count(guarantee)} violations");
        foreach (var floor in Missed) await output.WriteLineAsync($"MISSED: {floor}");
    }

    /// <summary>All records and every timeline, for whoever looks for the cause.</summary>
    public async Task WriteRecordsAsync(string folder)
    {
        await File.WriteAllLinesAsync(
            Path.Combine(folder, "faults.txt"),
            _log.Lines.Select(line => FormattableString.Invariant($"{line.At.TotalSeconds,9:0.000} {line.Text}")));
        await WriteLinesAsync(Path.Combine(folder, "payments.jsonl"), _evidence.Payments);
        await WriteLinesAsync(Path.Combine(folder, "events.jsonl"), _evidence.Events);
        await using var file = new StreamWriter(Path.Combine(folder, "violations.txt"));
        foreach (var violation in _verdict.Violations.Concat(_verdict.OutsideConditions)
            .Concat(_verdict.UnpublishedOnLostDisk).Concat(_verdict.Parked)) await file.WriteLineAsync(Text(violation));
    }

    private static async Task WriteLinesAsync<T>(string path, IEnumerable<T> records)
    {
        await using var file = new StreamWriter(path);
        foreach (var record in records) await file.WriteLineAsync(JsonSerializer.Serialize(record, Compact));
    }

    // What acquirers did of themselves is known from their books; what they lost on purpose is not in them.
    private void CountAcquirerFaults()
    {
        var faults = AcquirerScenario.Behaviours.Where(static b => b.IsFault).Select(static b => b.Name).ToHashSet();
        var met = _evidence.Ledger.Where(e => e.Rule is { } rule && (e.IsReversal || faults.Contains(rule)));
        foreach (var rule in met.GroupBy(static e => e.Rule!))
            _log.Count($"acquirer_{rule.Key.Replace(' ', '_')}", rule.Count());
    }

    private async Task PrintAsync(TextWriter output, string title, IReadOnlyList<Violation> violations)
    {
        if (violations.Count == 0) return;
        await output.WriteLineAsync($"\n{title}: {violations.Count}");
        foreach (var rule in violations.GroupBy(static v => (v.Guarantee, v.Rule)).OrderBy(static g => g.Key))
        {
            await output.WriteLineAsync($"{rule.Key.Guarantee} {rule.Key.Rule}: {rule.Count()}");
            foreach (var violation in rule.Take(ShownOfRule)) await output.WriteLineAsync(Text(violation));
        }
    }

    private string Text(Violation violation)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"  {violation.Guarantee} {violation.Rule}: {violation.Text}\n");
        if (_file.Find(violation.Payment) is not { } dossier) return text.ToString();
        text.Append(CultureInfo.InvariantCulture, $"    {violation.Payment}, {dossier.Payment.Story}\n");
        foreach (var line in Timeline.Of(dossier, _clock, _log.Lines)) text.Append("    ").Append(line).Append('\n');
        return text.ToString();
    }

    private IEnumerable<object> Rows(IEnumerable<Violation> violations) =>
        violations.Select((violation, i) => Row(violation, withTimeline: i < TimelinesInJson));

    private object Row(Violation violation, bool withTimeline) => new
    {
        guarantee = violation.Guarantee.ToString(),
        rule = violation.Rule,
        payment = violation.Payment?.ToString(),
        text = violation.Text,
        timeline = withTimeline && _file.Find(violation.Payment) is { } dossier
            ? Timeline.Of(dossier, _clock, _log.Lines)
            : null,
    };

    private static string Join(IEnumerable<KeyValuePair<string, int>> counts) =>
        string.Join(", ", counts.Select(static count => $"{count.Key} {count.Value}"));
}
