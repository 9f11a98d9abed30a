namespace Switch.Settlement.Fees;

/// <summary>
/// The one rule of rounding: half to even, at the posting. What it leaves is kept, so that posted and remainder add up
/// to the exact amount.
/// </summary>
internal static class Rounding
{
    /// <summary>Millionths in a minor unit: as fine as a rate in millionths of a whole amount needs.</summary>
    public const long Micro = 1_000_000;

    /// <summary>Rounds an amount.</summary>
    /// <param name="exactMicro">Millionths of a minor unit, not negative.</param>
    /// <param name="remainderMicro">Exact less rounded: -500,000 to 500,000.</param>
    /// <returns>Minor units.</returns>
    /// <exception cref="OverflowException">The amount is beyond 64 bits of minor units.</exception>
    public static long HalfEven(Int128 exactMicro, out long remainderMicro)
    {
        // Amounts beyond 64 bits of millionths are rare (9 trillion minor units), and dividing 128 bits is slow.
        var (whole, left) = exactMicro <= long.MaxValue
            ? long.DivRem((long)exactMicro, Micro)
            : (checked((long)(exactMicro / Micro)), (long)(exactMicro % Micro));
        if (left > Micro / 2 || (left == Micro / 2 && (whole & 1) == 1))
        {
            whole++;
            left -= Micro;
        }

        remainderMicro = left;
        return whole;
    }
}
