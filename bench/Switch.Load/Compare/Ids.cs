using System.Globalization;

namespace Switch.Load.Compare;

/// <summary>Ids of a run's payments as numbers: a run holds a million of them.</summary>
internal static class Ids
{
    /// <summary>A transaction id, 32 hexadecimal digits; 0 when it is none.</summary>
    public static UInt128 Transaction(string text) =>
        UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id) ? id : 0;

    /// <summary>A retrieval reference number: its up to twelve ASCII characters as they are.</summary>
    public static UInt128 Rrn(ReadOnlySpan<char> text)
    {
        UInt128 id = 0;
        foreach (var c in text) id = (id << 8) | (byte)c;
        return id;
    }
}

/// <summary>What an answer, the ledger or an event says of one payment.</summary>
/// <param name="Rrn">Retrieval reference number.</param>
/// <param name="AmountMinor">Approved.</param>
/// <param name="Code">Approval code, as <see cref="Ids.Rrn"/> packs it.</param>
internal readonly record struct Approval(UInt128 Rrn, long AmountMinor, UInt128 Code);
