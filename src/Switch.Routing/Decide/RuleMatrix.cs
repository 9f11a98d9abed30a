using System.Collections.Frozen;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace Switch.Routing;

/// <summary>
/// Finds the first rule that matches. Each dimension maps its value to a row of bits, one bit a rule, set where the
/// rule's condition on that dimension holds; the rows of all dimensions are ANDed and the lowest bit is the answer.
/// The time it takes depends on the number of rules, never on what they say.
/// </summary>
internal sealed class RuleMatrix
{
    /// <summary>Words of 64 rules in one vector; rows are padded to a multiple of it.</summary>
    internal const int WordsPerBlock = 4;

    private readonly int _words;
    private readonly ulong[] _rows;
    private readonly int[] _currencyRows;
    private readonly int[] _mccRows;
    private readonly int[] _minuteRows;
    private readonly int[] _entryModeRows;
    private readonly int[] _kindRows;
    private readonly AmountIndex _amounts;
    private readonly FrozenDictionary<string, int>? _merchantRows;
    private readonly int _otherMerchantRow;

    internal RuleMatrix(RuleMatrixParts parts)
    {
        _words = parts.WordsPerRow;
        _rows = parts.Rows;
        _currencyRows = parts.CurrencyRows;
        _mccRows = parts.MccRows;
        _minuteRows = parts.MinuteRows;
        _entryModeRows = parts.EntryModeRows;
        _kindRows = parts.KindRows;
        _amounts = parts.Amounts;
        _merchantRows = parts.MerchantRows.Count == 0 ? null : parts.MerchantRows;
        _otherMerchantRow = parts.OtherMerchantRow;
    }

    /// <summary>Index of the first rule that matches, or -1.</summary>
    internal int FirstMatch(in CardCell card, in RouteQuery query)
    {
        int words = _words;
        if (words == 0) return -1;

        ReadOnlySpan<ulong> rows = _rows;
        ReadOnlySpan<ulong> scheme = rows.Slice(card.SchemeRow, words);
        ReadOnlySpan<ulong> country = rows.Slice(card.CountryRow, words);
        ReadOnlySpan<ulong> funding = rows.Slice(card.FundingRow, words);
        ReadOnlySpan<ulong> bin = rows.Slice(card.BinRow, words);
        ReadOnlySpan<ulong> currency = rows.Slice(_currencyRows[query.Currency.Number], words);
        ReadOnlySpan<ulong> amount = rows.Slice(_amounts.Row(query.AmountMinor), words);
        ReadOnlySpan<ulong> mcc = rows.Slice(_mccRows[query.Mcc], words);
        ReadOnlySpan<ulong> merchant = rows.Slice(MerchantRow(query.MerchantId), words);
        ReadOnlySpan<ulong> entryMode = rows.Slice(RowOf(_entryModeRows, (int)query.EntryMode), words);
        ReadOnlySpan<ulong> kind = rows.Slice(RowOf(_kindRows, (int)query.Kind), words);
        ReadOnlySpan<ulong> minute = rows.Slice(_minuteRows[query.MinuteOfWeek], words);

        for (int word = 0; word + WordsPerBlock <= words; word += WordsPerBlock)
        {
            Vector256<ulong> all = Block(scheme, word) & Block(country, word) & Block(funding, word)
                & Block(bin, word) & Block(currency, word) & Block(amount, word) & Block(mcc, word)
                & Block(merchant, word) & Block(entryMode, word) & Block(kind, word) & Block(minute, word);
            if (all == Vector256<ulong>.Zero) continue;

            uint lanes = ~Vector256.Equals(all, Vector256<ulong>.Zero).ExtractMostSignificantBits();
            int lane = BitOperations.TrailingZeroCount(lanes);
            return ((word + lane) * 64) + BitOperations.TrailingZeroCount(all.GetElement(lane));
        }
        return -1;
    }

    private static Vector256<ulong> Block(ReadOnlySpan<ulong> row, int word) =>
        Vector256.Create(row.Slice(word, WordsPerBlock));

    // A number that a newer contract may add satisfies no condition, as "unspecified" does.
    private static int RowOf(int[] rows, int value) => rows[(uint)value < (uint)rows.Length ? value : 0];

    private int MerchantRow(string? merchantId) =>
        _merchantRows is not null && merchantId is not null && _merchantRows.TryGetValue(merchantId, out int row)
            ? row
            : _otherMerchantRow;
}
