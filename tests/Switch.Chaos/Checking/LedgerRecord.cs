using System.Text.Json;

namespace Switch.Chaos.Checking;

/// <summary>One message in an acquirer's books, read from its ledger file and from nothing else.</summary>
internal sealed record LedgerRecord
{
    public required string Host { get; init; }

    public required long Sequence { get; init; }

    /// <summary>Debit, Credit, Advice or Reversal.</summary>
    public required string Kind { get; init; }

    public string Mti { get; init; } = "";

    public string Rrn { get; init; } = "";

    public string Stan { get; init; } = "";

    public string Terminal { get; init; } = "";

    public string Merchant { get; init; } = "";

    public long AmountMinor { get; init; }

    /// <summary>ISO 4217, three digits.</summary>
    public string Currency { get; init; } = "";

    public string ResponseCode { get; init; } = "";

    public string? ApprovalCode { get; init; }

    public long ApprovedMinor { get; init; }

    public DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The same from the start of the run.</summary>
    public TimeSpan At { get; init; }

    public string Delivery { get; init; } = "";

    public long? DuplicateOf { get; init; }

    public bool IsTurnedAway { get; init; }

    public long? Original { get; init; }

    /// <summary>Of a reversal: DE 90, which names the attempt that it takes back.</summary>
    public string? OriginalData { get; init; }

    public long? ReversedBy { get; init; }

    public string? Rule { get; init; }

    public string? Note { get; init; }

    public bool IsReversal => Kind == "Reversal";

    /// <summary>Money moved.</summary>
    public bool IsApproval =>
        Kind is "Debit" or "Credit" && !IsTurnedAway && DuplicateOf is null && ResponseCode is "00" or "10";

    /// <summary>Money moved and was not given back.</summary>
    public bool IsStanding => IsApproval && ReversedBy is null;

    /// <inheritdoc/>
    public override string ToString() =>
        $"#{Sequence} {Mti} {Kind} rrn={Rrn} stan={Stan} amount={AmountMinor} -> {ResponseCode}"
        + $" approved={ApprovedMinor} code={ApprovalCode} {Delivery}"
        + (DuplicateOf is { } first ? $" repeats #{first}" : "")
        + (Original is { } original ? $" reverses #{original}" : "")
        + (ReversedBy is { } reversal ? $" reversed by #{reversal}" : "")
        + (IsTurnedAway ? " turned away" : "")
        + (Rule is null ? "" : $" rule \"{Rule}\"") + (Note is null ? "" : $" ({Note})");
}

/// <summary>Reads a ledger file: JSON lines, of several with one sequence the last holds.</summary>
internal static class LedgerFileReader
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    /// <exception cref="InvalidDataException">A line is no entry: the books can't be trusted.</exception>
    public static IReadOnlyList<LedgerRecord> Read(string host, TextReader lines)
    {
        var entries = new SortedDictionary<long, LedgerRecord>();
        var number = 0;
        while (lines.ReadLine() is { } line)
        {
            number++;
            var entry = Parse(host, line)
                ?? throw new InvalidDataException($"ledger of {host}, line {number}: no entry");
            entries[entry.Sequence] = entry;
        }

        return [.. entries.Values];
    }

    private static LedgerRecord? Parse(string host, string line)
    {
        try
        {
            var row = JsonSerializer.Deserialize<Row>(line, Options);
            return row is { Sequence: > 0, Kind: not null } ? row.ToRecord(host) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Row(
        long Sequence, string? Kind, string? Mti, string? Rrn, string? Stan, string? Terminal, string? Merchant,
        long AmountMinor, string? Currency, string? ResponseCode, string? ApprovalCode, long ApprovedMinor,
        DateTimeOffset ReceivedAt, string? Delivery, long? DuplicateOf, bool IsTurnedAway, long? Original,
        string? OriginalData, long? ReversedBy, string? Rule, string? Note)
    {
        public LedgerRecord ToRecord(string host) => new()
        {
            Host = host,
            Sequence = Sequence,
            Kind = Kind!,
            Mti = Mti ?? "",
            Rrn = Rrn ?? "",
            Stan = Stan ?? "",
            Terminal = Terminal ?? "",
            Merchant = Merchant ?? "",
            AmountMinor = AmountMinor,
            Currency = Currency ?? "",
            ResponseCode = ResponseCode ?? "",
            ApprovalCode = ApprovalCode,
            ApprovedMinor = ApprovedMinor,
            ReceivedAt = ReceivedAt,
            Delivery = Delivery ?? "",
            DuplicateOf = DuplicateOf,
            IsTurnedAway = IsTurnedAway,
            Original = Original,
            OriginalData = OriginalData,
            ReversedBy = ReversedBy,
            Rule = Rule,
            Note = Note,
        };
    }
}
