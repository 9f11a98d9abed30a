namespace Switch.Simulator;

/// <summary>
/// A whole card number, or the beginning of one. Its text shows first six and last four digits at most.
/// </summary>
internal sealed class CardPattern
{
    private readonly byte[] _digits;
    private readonly bool _isPrefix;

    public CardPattern(byte[] digits, bool isPrefix) => (_digits, _isPrefix) = (digits, isPrefix);

    /// <summary>Whether the card number (ASCII digits) is meant.</summary>
    public bool Match(ReadOnlySpan<byte> pan) => _isPrefix ? pan.StartsWith(_digits) : pan.SequenceEqual(_digits);

    /// <inheritdoc/>
    public override string ToString() => _isPrefix ? "card prefix" : CardMask.Format(_digits);
}
