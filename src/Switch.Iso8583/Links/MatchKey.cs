namespace Switch.Iso8583;

/// <summary>
/// What ties a reply to its request (S7): version and class of the message type, then the wire bytes of the dialect's
/// match fields, each behind a length byte. Reused, never allocated per message.
/// </summary>
internal sealed class MatchKey
{
    private const int StanField = 11;

    private readonly byte[] _bytes = new byte[DialectBuilder.MaxKeyBytes];
    private int _length;

    public int Hash { get; private set; }

    private ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Takes the key of a message; returns the first match field it lacks, or 0.</summary>
    public int Set(IsoMessage message)
    {
        var missing = 0;
        _bytes[0] = message.Mti.Family;
        _length = 1;
        foreach (var field in FieldsOf(message))
        {
            var wire = message.Wire(field);
            if (wire.IsEmpty && missing == 0) missing = field;
            _bytes[_length] = (byte)wire.Length;
            wire.CopyTo(_bytes.AsSpan(_length + 1));
            _length += 1 + wire.Length;
        }

        var hash = new HashCode();
        hash.AddBytes(Bytes);
        Hash = hash.ToHashCode();
        return missing;
    }

    public void CopyFrom(MatchKey other)
    {
        other.Bytes.CopyTo(_bytes);
        _length = other._length;
        Hash = other.Hash;
    }

    public MatchKey Copy()
    {
        var copy = new MatchKey();
        copy.CopyFrom(this);
        return copy;
    }

    public bool Matches(MatchKey other) => Hash == other.Hash && Bytes.SequenceEqual(other.Bytes);

    /// <summary>How near this known key comes to a reply's: fields equal, the trace number weighing most.</summary>
    public int Nearness(MatchKey reply, IsoMessage message)
    {
        if (_bytes[0] != reply._bytes[0]) return 0;
        var score = 0;
        var mine = Bytes[1..];
        var theirs = reply.Bytes[1..];
        foreach (var field in FieldsOf(message))
        {
            if (Next(ref mine).SequenceEqual(Next(ref theirs)))
                score += field == StanField ? DialectBuilder.MaxKeyBytes : 1;
        }

        return score;
    }

    /// <summary>The difference in words, free of content but for the trace number.</summary>
    public string Describe(MatchKey reply, IsoMessage message)
    {
        var differences = new List<string>();
        var isStanKnown = false;
        var mine = Bytes[1..];
        var theirs = reply.Bytes[1..];
        foreach (var field in FieldsOf(message))
        {
            var known = Next(ref mine);
            var received = Next(ref theirs);
            if (known.SequenceEqual(received)) isStanKnown |= field == StanField;
            else differences.Add($"DE {field} {(received.IsEmpty ? "is missing" : "differs")}");
        }

        if (!isStanKnown) return $"{Stan(message)} unknown";
        // Had it been sent, it would have been matched.
        return differences.Count == 0
            ? $"{Stan(message)} known, but its request is not sent yet"
            : $"{Stan(message)} known, {string.Join(", ", differences)}";
    }

    public static string Stan(IsoMessage message) =>
        message.GetString(StanField) is { } stan ? $"STAN {stan}" : "STAN (missing)";

    private static ReadOnlySpan<int> FieldsOf(IsoMessage message) =>
        message.Mti.IsNetworkManagement ? message.Dialect.NetworkMatchFields : message.Dialect.MatchFields;

    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> rest)
    {
        var value = rest.Slice(1, rest[0]);
        rest = rest[(1 + value.Length)..];
        return value;
    }
}
