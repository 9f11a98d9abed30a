using System.Globalization;
using Switch.Chaos.Checking;
using Switch.Programs;

namespace Switch.Chaos.Reports;

/// <summary>Everything that is known of one payment, in the order of time.</summary>
internal static class Timeline
{
    private static readonly TimeSpan Near = TimeSpan.FromSeconds(0.7);

    /// <summary>One line for each thing that happened; faults near one of them stand between.</summary>
    public static IReadOnlyList<string> Of(
        Dossier dossier, RunClock clock, IReadOnlyList<(TimeSpan At, string Text)> faults)
    {
        var lines = new List<(TimeSpan At, string Text)>();
        foreach (var call in dossier.Payment.Calls)
        {
            var result = call.Answer?.ToString()
                ?? (call.IsAcceptedReversal ? call.Reversal.ToString() : $"{call.Status} {call.Reason}");
            var took = (call.End - call.Start).TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture);
            lines.Add((call.Start, $"terminal -> {call.Instance}  {call.Kind}: after {took} ms {result}"));
        }

        foreach (var entry in dossier.Ledger) lines.Add((clock.At(entry.ReceivedAt), $"ledger {entry.Host}  {entry}"));
        foreach (var e in dossier.Events)
            lines.Add((clock.At(e.OccurredAt), $"event  {e.Source}  {e} (read at {Seconds(e.ReadAt)})"));

        var moments = lines.Select(static line => line.At).Concat(dossier.Payment.Calls.Select(static call => call.End))
            .ToList();
        lines.AddRange(faults
            .Where(fault => moments.Exists(moment => (moment - fault.At).Duration() < Near))
            .Select(fault => (fault.At, $"FAULT  {fault.Text}")));

        return [.. lines.OrderBy(static line => line.At).Select(static line => $"{Seconds(line.At)} {line.Text}")];
    }

    private static string Seconds(TimeSpan time) =>
        time.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture).PadLeft(9);
}
