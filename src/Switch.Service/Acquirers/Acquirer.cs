using System.Globalization;
using Google.Protobuf;
using Switch.Contracts.V1;
using Switch.Iso8583;
using Switch.Routing;
using Switch.Service.Authorization;
using Switch.Service.Journal.Records;
using Switch.Service.Keys;
using Switch.Service.ResponseCodes;

namespace Switch.Service.Acquirers;

/// <summary>One acquirer: numbers and words its requests, sends them over its link, reads its replies.</summary>
internal sealed class Acquirer : IAcquirer
{
    private const int StanMax = 999_999;

    private readonly AcquirerOptions _options;
    private readonly IsoDialect _dialect;
    private readonly IsoLink _link;
    private readonly CardSealer _sealer;
    private readonly ResponseCodeTable _codes;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private int _stan;

    public Acquirer(
        string name, AcquirerOptions options, IsoDialect dialect, IsoLink link, CardSealer sealer,
        ResponseCodeTable codes,
        TimeProvider time, ILogger logger)
    {
        Name = name;
        _options = options;
        _dialect = dialect;
        _link = link;
        _sealer = sealer;
        _codes = codes;
        _time = time;
        _logger = logger;
        // Two incarnations should not number alike within the same second; DE 37 tells them apart in any case.
        _stan = Random.Shared.Next(StanMax);
    }

    public string Name { get; }

    public TimeSpan ReplyTimeout => _options.ReplyTimeout;

    /// <summary>Whether the router may offer it now.</summary>
    public CandidateStatus Status => _link.Status switch
    {
        LinkStatus.Up => CandidateStatus.Available,
        LinkStatus.BreakerOpen => CandidateStatus.BreakerOpen,
        _ => CandidateStatus.LinkDown,
    };

    /// <summary>
    /// What one attempt will look like on the wire, with the card sealed: it goes into the journal before a byte is
    /// sent.
    /// </summary>
    public AttemptRecord Prepare(PaymentRequest request, TransactionEvent draft, int number) => new()
    {
        Draft = draft,
        Acquirer = Name,
        Attempt = number,
        MessageType = MessageType(request.Kind),
        ProcessingCode = RequestMessage.ProcessingCode(request.Kind),
        Stan = NextStan(),
        TransmissionDateTime = _time.GetUtcNow().ToString("MMddHHmmss", CultureInfo.InvariantCulture),
        PosEntryMode = RequestMessage.PosEntryMode(request.EntryMode, request.HasPinEntry),
        PosCondition = RequestMessage.PosCondition(request.Kind, request.EntryMode),
        AcquiringInstitutionId = _options.AcquiringInstitutionId,
        CardSequenceNumber = request.CardSequenceNumber,
        CurrencyNumeric = request.Currency.Numeric,
        SealedCard = UnsafeByteOperations.UnsafeWrap(_sealer.Seal(request.Pan, request.Expiry, request.TransactionId)),
    };

    /// <inheritdoc/>
    public async ValueTask<AttemptResult> SendAsync(PaymentRequest request, AttemptRecord attempt, TimeSpan sendBy)
    {
        ValueTask<ExchangeResult> pending;
        using (var buffer = IsoBuffer.Rent(_dialect))
        {
            if (!RequestMessage.TryWrite(buffer, request, attempt, out var fault))
            {
                Log.RequestDoesNotFit(_logger, Name, fault.ToString());
                return AttemptResult.NotSent("does_not_fit");
            }

            // The link has its own copy when this returns; ours is wiped at once.
            pending = _link.ExchangeAsync(buffer, _options.ReplyTimeout, sendBy);
        }

        using var exchange = await pending;
        return exchange.Kind switch
        {
            ExchangeKind.Replied =>
                ReplyMessage.Read(exchange.Reply!, request, attempt, _codes, _options.ResponseCodes),
            ExchangeKind.NotSent => AttemptResult.NotSent(NameOf(exchange.Reason)),
            _ => AttemptResult.SentUnknown(NameOf(exchange.Reason)),
        };
    }

    /// <inheritdoc/>
    public async ValueTask<ReversalResult> ReverseAsync(ReversalRecord reversal, bool isRepeat)
    {
        if (_options.ReversalMessage == ReversalMessageType.None) return ReversalResult.Unsendable("link_takes_none");
        var mti = _options.ReversalMessage == ReversalMessageType.Mti0400 ? Mti.ReversalRequest : Mti.ReversalAdvice;
        ValueTask<ExchangeResult> pending;
        using (var buffer = IsoBuffer.Rent(_dialect))
        {
            var sealedCard = reversal.Original.SealedCard.Span;
            var fault = _sealer.Open(sealedCard, reversal.Original.Draft.TransactionId, out var pan, out var expiry);
            if (fault != SealFault.None) return ReversalResult.Unsendable("card_not_readable");
            var type = isRepeat ? mti.ToRepeat() : mti;
            if (!ReversalMessage.TryWrite(buffer, type, reversal, pan, expiry, out var misfit))
            {
                Log.RequestDoesNotFit(_logger, Name, misfit.ToString());
                return ReversalResult.Unsendable("does_not_fit");
            }

            // The link has its own copy when this returns; ours is wiped at once.
            pending = _link.ExchangeAsync(buffer, _options.ReplyTimeout);
        }

        using var exchange = await pending;
        return exchange.Kind switch
        {
            ExchangeKind.Replied => ReversalMessage.ReadReply(exchange.Reply!, mti.ToResponse(), reversal),
            ExchangeKind.NotSent when exchange.Reason == ExchangeReason.InvalidRequest =>
                ReversalResult.Unsendable("does_not_fit"),
            ExchangeKind.NotSent => ReversalResult.NotSent(NameOf(exchange.Reason)),
            _ => ReversalResult.SentUnknown(NameOf(exchange.Reason)),
        };
    }

    private string MessageType(TransactionKind kind) => kind switch
    {
        TransactionKind.PreAuthorization => "0100",
        TransactionKind.Refund => "0200",
        _ => _options.PurchaseMessage == PurchaseMessage.Mti0200 ? "0200" : "0100",
    };

    private int NextStan() => (int)((uint)Interlocked.Increment(ref _stan) % StanMax) + 1;

    private static string NameOf(ExchangeReason reason) => reason switch
    {
        ExchangeReason.NoConnection => "no_connection",
        ExchangeReason.QueueFull => "queue_full",
        ExchangeReason.PendingFull => "pending_full",
        ExchangeReason.DuplicateKey => "duplicate_key",
        ExchangeReason.BreakerOpen => "breaker_open",
        ExchangeReason.TimedOutBeforeSend => AttemptResult.OutOfTime,
        ExchangeReason.TimedOut => "timed_out",
        ExchangeReason.ConnectionLost => "connection_lost",
        ExchangeReason.LinkStopping => "link_stopping",
        _ => "other",
    };
}
