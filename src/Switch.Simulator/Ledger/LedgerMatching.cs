namespace Switch.Simulator;

/// <summary>Which entry repeats which, and which reversal names which original. Pure; RRNs are equal already.</summary>
internal static class LedgerMatching
{
    // DE 90: MTI 4, STAN 6, date and time 10, acquirer 11, forwarder 11 (S13).
    private const int OriginalDataDigits = 42;

    /// <summary>Whether <paramref name="later"/> says again what <paramref name="earlier"/> said.</summary>
    public static bool IsRepeat(LedgerEntry earlier, LedgerEntry later, DuplicateMatch match)
    {
        if (earlier.Kind != later.Kind) return false;
        if (earlier.Terminal != later.Terminal || earlier.Merchant != later.Merchant) return false;
        if (match == DuplicateMatch.Rrn && later.Kind != LedgerKind.Advice) return true;
        // A repeated advice keeps its STAN and RRN (S6), while its transmission time is that of the repeat.
        return earlier.Stan == later.Stan
            && (later.Kind == LedgerKind.Advice || earlier.TransmissionTime == later.TransmissionTime);
    }

    /// <summary>Whether the reversal's DE 90 names this request; else what differs.</summary>
    public static bool IsOriginal(LedgerEntry request, LedgerEntry reversal, out string difference)
    {
        difference = "";
        var data = reversal.OriginalData.AsSpan();
        if (data.Length != OriginalDataDigits) difference = "DE 90 is missing";
        else if (!IsSameType(data[..4], request.Mti)) difference = "the message type in DE 90 differs";
        else if (!data[4..10].SequenceEqual(request.Stan)) difference = "the STAN in DE 90 differs";
        else if (!data[10..20].SequenceEqual(request.TransmissionTime)) difference = "the time in DE 90 differs";
        else if (reversal.Terminal != request.Terminal) difference = "DE 41 differs";
        else if (reversal.Merchant != request.Merchant) difference = "DE 42 differs";
        return difference.Length == 0;
    }

    // The last digit tells a repeat from the first send; both are the same transaction.
    private static bool IsSameType(ReadOnlySpan<char> original, ReadOnlySpan<char> mti) =>
        original[..3].SequenceEqual(mti[..3]);
}
