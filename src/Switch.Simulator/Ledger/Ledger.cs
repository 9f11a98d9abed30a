using System.Runtime.InteropServices;

namespace Switch.Simulator;

/// <summary>
/// The host's books: every financial message with its outcome, in order of arrival. Append-only, bounded, safe for
/// several threads. Tests read it as the truth, so a full ledger makes the host decline (96) instead of forgetting.
/// </summary>
public sealed class Ledger : IDisposable
{
    /// <summary>Entries kept unless told otherwise: about 750 bytes each, 375 MB in all.</summary>
    public const int DefaultMaxEntries = 500_000;

    private const int NoRow = -1;

    // One lock, because a repeat on a second connection must see the first, and a reversal its original, or neither.
    private readonly Lock _gate = new();
    private readonly List<Row> _rows = [];
    private readonly Dictionary<string, int> _newestByRrn = [];
    private readonly int _maxEntries;
    private readonly LedgerFile? _file;
    private long _duplicates;

    internal Ledger(string host, int maxEntries = DefaultMaxEntries, LedgerFile? file = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEntries, 1);
        Host = host;
        _maxEntries = maxEntries;
        _file = file;
    }

    /// <summary>Name of the host that keeps it.</summary>
    public string Host { get; }

    /// <summary>Entries so far.</summary>
    public int Count
    {
        get { lock (_gate) return _rows.Count; }
    }

    /// <summary>Whether the bound is reached and the host declines with 96.</summary>
    public bool IsFull => Count >= _maxEntries;

    /// <summary>Messages that repeated an earlier one.</summary>
    public long DuplicateSends => Interlocked.Read(ref _duplicates);

    /// <summary>Why the ledger file is no longer written, or null.</summary>
    public string? FileFault => _file?.Fault;

    /// <summary>All entries in order of arrival.</summary>
    public IReadOnlyList<LedgerEntry> Entries()
    {
        lock (_gate)
        {
            var entries = new LedgerEntry[_rows.Count];
            for (var i = 0; i < entries.Length; i++) entries[i] = _rows[i].Entry;
            return entries;
        }
    }

    /// <summary>Entries with this retrieval reference number, in order of arrival.</summary>
    public IReadOnlyList<LedgerEntry> Find(string rrn)
    {
        ArgumentNullException.ThrowIfNull(rrn);
        var found = new List<LedgerEntry>();
        lock (_gate)
        {
            for (var row = Newest(rrn); row != NoRow; row = _rows[row].Older) found.Add(_rows[row].Entry);
        }

        found.Reverse();
        return found;
    }

    /// <summary>Approvals of this retrieval reference number that stand: at most one, if the switch keeps G1.</summary>
    public IReadOnlyList<LedgerEntry> UnreversedApprovals(string rrn) =>
        [.. Find(rrn).Where(static entry => entry.IsUnreversedApproval)];

    /// <summary>All approvals that stand, in order of arrival.</summary>
    public IReadOnlyList<LedgerEntry> UnreversedApprovals() =>
        [.. Entries().Where(static entry => entry.IsUnreversedApproval)];

    /// <summary>Sums per currency and kind, ordered by both.</summary>
    public IReadOnlyList<LedgerTotal> Totals()
    {
        var totals = new SortedDictionary<(string, LedgerKind), LedgerTotal>();
        foreach (var entry in Entries().Where(static entry => entry.IsApproval))
        {
            var key = (entry.Currency, entry.Kind);
            var total = totals.GetValueOrDefault(key) ?? new LedgerTotal(entry.Currency, entry.Kind, 0, 0, 0, 0);
            var isReversed = entry.ReversedBy is not null;
            totals[key] = total with
            {
                ApprovedCount = total.ApprovedCount + 1,
                ApprovedMinor = total.ApprovedMinor + entry.ApprovedMinor,
                ReversedCount = total.ReversedCount + (isReversed ? 1 : 0),
                ReversedMinor = total.ReversedMinor + (isReversed ? entry.ApprovedMinor : 0),
            };
        }

        return [.. totals.Values];
    }

    /// <summary>
    /// The cardholders' net payment in a currency: debits less credits, reversals taken off, minor units.
    /// </summary>
    public long NetMinor(string currency) => Totals().Where(total => total.Currency == currency).Sum(static total =>
        total.Kind switch { LedgerKind.Debit => total.NetMinor, LedgerKind.Credit => -total.NetMinor, _ => 0 });

    /// <summary>Name, totals and every entry as one JSON document.</summary>
    public string ToJson() => LedgerJson.Document(this);

    /// <summary>Writes what the ledger file still buffers, and closes it.</summary>
    public void Dispose() => _file?.Dispose();

    /// <summary>Whether this request repeats an earlier one.</summary>
    internal bool HasDuplicate(LedgerEntry draft, DuplicateMatch match)
    {
        lock (_gate) return DuplicateOf(draft, match) is not null;
    }

    /// <summary>
    /// Enters a request or advice. A repeat is entered as one and moves nothing; a request whose reversal came first is
    /// declined as the policy says. Null when the ledger is full.
    /// </summary>
    internal LedgerEntry? Append(LedgerEntry draft, LedgerPolicy policy)
    {
        lock (_gate)
        {
            if (_rows.Count >= _maxEntries) return null;
            if (DuplicateOf(draft, policy.DuplicateMatch) is { } first)
            {
                Interlocked.Increment(ref _duplicates);
                return Add(draft with
                {
                    DuplicateOf = first.Sequence,
                    ResponseCode = policy.DuplicateCode ?? first.ResponseCode,
                    ApprovalCode = policy.DuplicateCode is null ? first.ApprovalCode : null,
                    ApprovedMinor = 0,
                });
            }

            if (policy.LateOriginalCode is { } code && EarlierReversalOf(draft) is { } reversal)
            {
                draft = draft with
                {
                    ResponseCode = code,
                    ApprovalCode = null,
                    ApprovedMinor = 0,
                    Note = $"its reversal came first: entry {reversal.Sequence}",
                };
            }

            return Add(draft);
        }
    }

    /// <summary>
    /// Enters a reversal: the original is sought by DE 37 and DE 90 and the policy gives the code. Null when the ledger
    /// is full.
    /// </summary>
    internal LedgerEntry? AppendReversal(LedgerEntry draft, LedgerPolicy policy)
    {
        lock (_gate)
        {
            if (_rows.Count >= _maxEntries) return null;
            var original = OriginalOf(draft, out var nearMiss);
            if (original == NoRow)
            {
                return Add(draft with { ResponseCode = policy.UnknownOriginalCode, Note = nearMiss });
            }

            var entry = _rows[original].Entry;
            if (entry.ReversedBy is { } earlier)
            {
                Interlocked.Increment(ref _duplicates);
                return Add(draft with
                {
                    ResponseCode = policy.AlreadyReversedCode,
                    Original = entry.Sequence,
                    DuplicateOf = earlier,
                });
            }

            var added = Add(draft with { ResponseCode = "00", Original = entry.Sequence });
            Replace(original, entry with { ReversedBy = added.Sequence });
            return added;
        }
    }

    /// <summary>Enters what is refused before the books: it moves nothing and is no original of anything.</summary>
    internal LedgerEntry? AppendTurnedAway(LedgerEntry draft)
    {
        lock (_gate) return _rows.Count >= _maxEntries ? null : Add(draft with { IsTurnedAway = true });
    }

    /// <summary>The entry as it stands now.</summary>
    internal LedgerEntry Get(long sequence)
    {
        lock (_gate) return _rows[(int)(sequence - 1)].Entry;
    }

    /// <summary>Notes what became of an answer.</summary>
    internal void SetDelivery(long sequence, Delivery delivery)
    {
        lock (_gate)
        {
            var row = (int)(sequence - 1);
            Replace(row, _rows[row].Entry with { Delivery = delivery });
        }
    }

    private LedgerEntry? DuplicateOf(LedgerEntry draft, DuplicateMatch match)
    {
        for (var row = Newest(draft.Rrn); row != NoRow; row = _rows[row].Older)
        {
            var entry = _rows[row].Entry;
            if (entry is { DuplicateOf: null, IsTurnedAway: false } && LedgerMatching.IsRepeat(entry, draft, match))
                return entry;
        }

        return null;
    }

    private LedgerEntry? EarlierReversalOf(LedgerEntry draft)
    {
        for (var row = Newest(draft.Rrn); row != NoRow; row = _rows[row].Older)
        {
            var entry = _rows[row].Entry;
            if (entry is { Kind: LedgerKind.Reversal, Original: null, IsTurnedAway: false }
                && LedgerMatching.IsOriginal(draft, entry, out _)) return entry;
        }

        return null;
    }

    private int OriginalOf(LedgerEntry reversal, out string? nearMiss)
    {
        nearMiss = null;
        for (var row = Newest(reversal.Rrn); row != NoRow; row = _rows[row].Older)
        {
            var entry = _rows[row].Entry;
            if (entry is { Kind: LedgerKind.Reversal } or { DuplicateOf: not null } or { IsTurnedAway: true }) continue;
            if (LedgerMatching.IsOriginal(entry, reversal, out var difference)) return row;
            nearMiss = $"RRN known from entry {entry.Sequence}, but {difference}";
        }

        return NoRow;
    }

    private int Newest(string rrn) => rrn.Length > 0 && _newestByRrn.TryGetValue(rrn, out var row) ? row : NoRow;

    private LedgerEntry Add(LedgerEntry draft)
    {
        var entry = draft with { Sequence = _rows.Count + 1 };
        ref var newest = ref CollectionsMarshal.GetValueRefOrAddDefault(_newestByRrn, entry.Rrn, out var isKnown);
        _rows.Add(new Row(entry, isKnown ? newest : NoRow));
        newest = _rows.Count - 1;
        _file?.Append(entry);
        return entry;
    }

    private void Replace(int row, LedgerEntry entry)
    {
        _rows[row] = _rows[row] with { Entry = entry };
        _file?.Append(entry);
    }

    private readonly record struct Row(LedgerEntry Entry, int Older);
}
