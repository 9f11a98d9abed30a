namespace Switch.Routing;

/// <summary>
/// What a routing decision depends on, and nothing else: the same query on the same table and statuses gives the same
/// plan, always. Setters throw <see cref="ArgumentOutOfRangeException"/> on values that validation must have refused.
/// </summary>
public readonly struct RouteQuery
{
    /// <summary>Minutes from Monday 00:00 to Sunday 24:00.</summary>
    internal const int MinutesPerWeek = 7 * 24 * 60;

    private readonly long _amountMinor;
    private readonly short _mcc;
    private readonly short _minuteOfWeek;

    /// <summary>First digits of the card number, eleven where there are as many.</summary>
    public required BinDigits Bin { get; init; }

    /// <summary>In minor units of the currency, 0 to 999,999,999,999 (DE 4).</summary>
    public required long AmountMinor
    {
        get => _amountMinor;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, RoutingLimits.AmountMinor);
            _amountMinor = value;
        }
    }

    /// <summary>Currency of the amount (DE 49).</summary>
    public required CurrencyCode Currency { get; init; }

    /// <summary>Merchant category code, 0 to 9999 (DE 18, ISO 18245).</summary>
    public required int Mcc
    {
        get => _mcc;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 9999);
            _mcc = (short)value;
        }
    }

    /// <summary>Card acceptor id (DE 42), or null to match only rules without a merchant condition.</summary>
    public required string? MerchantId { get; init; }

    /// <summary>How the card was read (DE 22).</summary>
    public required RouteEntryMode EntryMode { get; init; }

    /// <summary>What is asked for.</summary>
    public required RouteKind Kind { get; init; }

    /// <summary>The terminal's wall clock (DE 12 and 13). Seconds do not count.</summary>
    public required DateTime LocalTime
    {
        // 0001-01-01 was a Monday, so whole minutes since then modulo a week count from Monday 00:00.
        init => _minuteOfWeek = (short)(value.Ticks / TimeSpan.TicksPerMinute % MinutesPerWeek);
    }

    /// <summary>
    /// Decides weighted splits: the first eight bytes of the transaction id. The same value always gives the same
    /// order.
    /// </summary>
    public required ulong SplitHash { get; init; }

    /// <summary>Minutes since Monday 00:00 local time, 0 to 10,079.</summary>
    internal int MinuteOfWeek => _minuteOfWeek;
}
