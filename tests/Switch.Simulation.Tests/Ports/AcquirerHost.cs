using System.Globalization;
using Switch.Service.Journal.Records;
using Switch.Simulation.Tests.World;

namespace Switch.Simulation.Tests.Ports;

/// <summary>
/// An acquirer with books of its own: the truth about money. It may know a second send of a payment by its RRN and
/// answer as the first time, and it declines an original whose reversal came first. Its rules are those of
/// Switch.Simulator's ledger.
/// </summary>
internal sealed class AcquirerHost(string name, Scheduler scheduler)
{
    private const string Approved = "00";
    private const string PartiallyApproved = "10";

    private readonly Dictionary<string, List<Entry>> _books = new(StringComparer.Ordinal);
    private readonly HashSet<(string Rrn, int Stan, string Time)> _reversedUnseen = [];
    private readonly HashSet<(string Rrn, int Stan, string Time)> _reversed = [];
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private int _approvals;

    public string Name => name;

    /// <summary>Whether it knows a second send; without that each one is money.</summary>
    public bool DetectsDuplicates { get; init; } = true;

    public bool IsReachable { get; set; } = true;

    /// <summary>Takes what comes, and answers nothing.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Approvals of a payment that stand.</summary>
    public IEnumerable<Entry> Standing(string rrn) =>
        _books.GetValueOrDefault(rrn)?.Where(static entry => entry.IsStanding) ?? [];

    /// <summary>A request of the payment has left an instance, whether it arrived or not.</summary>
    public void Ask(string rrn) => _asked.Add(rrn);

    /// <summary>Whether one ever has.</summary>
    public bool WasAsked(string rrn) => _asked.Contains(rrn);

    /// <summary>Requests of a payment that arrived, repeats included.</summary>
    public int Received(string rrn) => _books.GetValueOrDefault(rrn)?.Count ?? 0;

    /// <summary>Attempts of a payment whose reversal it accepted, whether it had seen them or not.</summary>
    public int Reversed(string rrn) => _reversed.Count(attempt => attempt.Rrn == rrn);

    /// <summary>Enters a request.</summary>
    public HostReply Authorize(AttemptRecord attempt)
    {
        var rrn = attempt.Draft.RetrievalReferenceNumber;
        var entries = EntriesOf(rrn);
        if (DetectsDuplicates && entries.Find(static entry => !entry.IsRepeat) is { } first)
        {
            entries.Add(first with { Stan = attempt.Stan, Time = attempt.TransmissionDateTime, IsRepeat = true });
            return new HostReply(first.Code, first.ApprovalCode, first.Minor);
        }

        var code = _reversedUnseen.Contains((rrn, attempt.Stan, attempt.TransmissionDateTime)) ? "12" : Draw();
        var asked = attempt.Draft.RequestedAmount.AmountMinor;
        var minor = code switch { Approved => asked, PartiallyApproved => asked / 2, _ => 0 };
        var approval = minor > 0 ? string.Create(CultureInfo.InvariantCulture, $"{name[0]}{++_approvals:00000}") : "";
        entries.Add(new Entry(name, attempt.Stan, attempt.TransmissionDateTime, code, approval, minor));
        return new HostReply(code, approval, minor);
    }

    /// <summary>Enters a reversal; repeats change nothing.</summary>
    public string Reverse(ReversalRecord reversal)
    {
        if (scheduler.Draw(30)) return "96";
        var original = reversal.Original;
        var rrn = original.Draft.RetrievalReferenceNumber;
        _reversed.Add((rrn, original.Stan, original.TransmissionDateTime));
        var found = EntriesOf(rrn).Find(entry =>
            !entry.IsRepeat && entry.Stan == original.Stan && entry.Time == original.TransmissionDateTime);
        if (found is null)
        {
            _reversedUnseen.Add((rrn, original.Stan, original.TransmissionDateTime));
            return "25";
        }

        found.IsReversed = true;
        return Approved;
    }

    private List<Entry> EntriesOf(string rrn)
    {
        if (!_books.TryGetValue(rrn, out var entries)) _books[rrn] = entries = [];
        return entries;
    }

    private string Draw() => scheduler.Random.Next(20) switch
    {
        < 13 => Approved,
        13 => PartiallyApproved,
        14 => "91",
        15 => "Z9",
        _ => "51",
    };

    internal sealed record Entry(string Acquirer, int Stan, string Time, string Code, string ApprovalCode, long Minor)
    {
        public bool IsRepeat { get; init; }

        public bool IsReversed { get; set; }

        public bool IsStanding => !IsRepeat && !IsReversed && Minor > 0;
    }
}

/// <summary>What the host says to a request.</summary>
internal readonly record struct HostReply(string Code, string ApprovalCode, long Minor);
