namespace Switch.Iso8583;

/// <summary>Makes a link's exchanges, from a bounded pool, with their bytes and match keys.</summary>
internal sealed class ExchangeFactory
{
    private readonly IsoLinkOptions _options;
    private readonly BoundedPool<PendingExchange> _pool;
    private readonly NetworkMessages _network;

    public ExchangeFactory(IsoLinkOptions options, TimeProvider clock)
    {
        _options = options;
        _pool = new BoundedPool<PendingExchange>(options.MaxPending);
        _network = new NetworkMessages(options, clock);
    }

    /// <summary>A customer's request; false when it is none of the dialect: recycle the exchange then.</summary>
    public bool TryCreate(ReadOnlySpan<byte> request, out PendingExchange exchange)
    {
        exchange = Rent();
        exchange.ExpectsReply = true;
        return TryLoad(exchange, request);
    }

    /// <summary>
    /// A network management request that waits until that tick; null when the configured fields do not fit the dialect.
    /// </summary>
    public PendingExchange? CreateControl(int networkCode, long deadlineTick)
    {
        using var buffer = IsoBuffer.Rent(_options.Dialect);
        if (!_network.TryWriteRequest(buffer, networkCode, out _)) return null;
        var exchange = Rent();
        exchange.IsControl = true;
        exchange.ExpectsReply = true;
        exchange.DeadlineTick = deadlineTick;
        if (TryLoad(exchange, buffer.Span)) return exchange;
        exchange.Recycle();
        return null;
    }

    /// <summary>An answer to a host's request; null when it cannot be written.</summary>
    public PendingExchange? CreateAnswer(IsoMessage request, ReadOnlySpan<byte> code)
    {
        using var buffer = IsoBuffer.Rent(_options.Dialect);
        if (!NetworkMessages.TryWriteResponse(buffer, request, code, out _)) return null;
        var exchange = Rent();
        exchange.IsControl = true;
        exchange.ExpectsReply = false;
        exchange.Load(buffer.Span);
        return exchange;
    }

    private PendingExchange Rent() =>
        _pool.TryRent() ?? new PendingExchange(_pool, _options.RunContinuationsAsynchronously);

    private bool TryLoad(PendingExchange exchange, ReadOnlySpan<byte> request)
    {
        using var message = IsoMessage.Rent(_options.Dialect);
        if (!message.TryParse(request, out _) || message.Mti.IsResponse || exchange.Key.Set(message) != 0) return false;
        exchange.MayRepeat = message.Mti is { Function: 2 } or { Origin: 1 or 3 or 5 };
        exchange.Load(request);
        return true;
    }
}
