using System.Globalization;
using Switch.Contracts.V1;
using Switch.Service.Cards;
using Switch.Service.Keys;
using Switch.Service.Merchants;
using Switch.Service.Money;
using TransactionKind = Switch.Contracts.V1.TransactionKind;

namespace Switch.Service.Authorization;

/// <summary>
/// Turns a message into a <see cref="PaymentRequest"/>, or names everything that is wrong with it. Pure: claims,
/// stores and sends nothing. No description repeats a value, because the value may be card data.
/// </summary>
internal sealed class RequestValidator
{
    // From the zone furthest ahead (+14) to the one furthest behind (-12).
    private static readonly TimeSpan ZonesApart = TimeSpan.FromHours(26);

    private readonly MerchantDirectory _merchants;
    private readonly TransactionIdentity _identity;
    private readonly BusinessCalendar _calendar;
    private readonly TimeProvider _time;

    public RequestValidator(
        MerchantDirectory merchants, TransactionIdentity identity, BusinessCalendar calendar, TimeProvider time)
    {
        _merchants = merchants;
        _identity = identity;
        _calendar = calendar;
        _time = time;
    }

    /// <summary>Checks the request as a whole; null and a refusal when it can't be a payment.</summary>
    public PaymentRequest? TryAccept(AuthorizeRequest message, out Refusal? refusal)
    {
        var faults = new FaultList();
        RequestFields.CheckKey(ref faults, "idempotency_key", message.IdempotencyKey);
        RequestFields.CheckAcceptor(ref faults, message.MerchantId, message.TerminalId);
        RequestFields.CheckRange(ref faults, "stan", message.Stan, 1, 999_999);
        RequestFields.CheckRange(ref faults, "batch_number", message.BatchNumber, 0, 999_999);
        RequestFields.CheckMcc(ref faults, "mcc_override", message.MccOverride);
        RequestFields.CheckKnown(ref faults, "kind", message.Kind, TransactionKind.Unspecified);
        RequestFields.CheckKnown(ref faults, "entry_mode", message.EntryMode, EntryMode.Unspecified);
        var currency = RequestFields.CheckMoney(ref faults, "amount", message.Amount);
        var localTime = RequestFields.CheckLocalTime(ref faults, "local_date_time", message.LocalDateTime);
        var card = CardFields.Check(ref faults, message, LatestOf(localTime));
        if (CardNumberGuard.HoldsCardNumber(message.IdempotencyKey, message.PaymentMethod?.Card))
            faults.Add("idempotency_key", "must not hold the card number");
        if (faults.Any)
        {
            refusal = Refusal.Invalid(faults.ToList());
            return null;
        }

        refusal = _merchants.Current.TryAdmit(message.MerchantId, message.TerminalId, out var merchant);
        return refusal is null ? Accept(message, merchant!, currency!, localTime!.Value, card) : null;
    }

    // The day by which a card is judged. A terminal whose clock is set back must not revive an expired card; no time
    // zone is further behind ours than that.
    private DateTime? LatestOf(DateTime? localTime) =>
        _time.GetUtcNow().UtcDateTime - ZonesApart is var earliest && localTime < earliest ? earliest : localTime;

    private PaymentRequest Accept(
        AuthorizeRequest message, Merchant merchant, Currency currency, DateTime localTime, in CardFields card)
    {
        var transactionId = _identity.TransactionId(message.MerchantId, message.TerminalId, message.IdempotencyKey);
        var acceptedAt = _time.GetUtcNow();
        return new PaymentRequest
        {
            TransactionId = transactionId,
            Rrn = _identity.RetrievalReferenceNumber(transactionId),
            Fingerprint = Fingerprint(message, localTime, card.Pan),
            IdempotencyKey = message.IdempotencyKey,
            Merchant = merchant,
            TerminalId = message.TerminalId,
            TerminalStan = message.Stan,
            LocalTime = localTime,
            AmountMinor = message.Amount.AmountMinor,
            Currency = currency,
            Kind = message.Kind,
            EntryMode = message.EntryMode,
            Pan = card.Pan,
            Expiry = card.Expiry,
            Track2 = card.Track2,
            EmvData = card.EmvData,
            PinBlock = card.PinBlock,
            CardSequenceNumber = card.SequenceNumber,
            Mcc = message.MccOverride.Length == 0 ? merchant.Mcc : message.MccOverride,
            AcceptsPartialApproval = message.Capabilities?.PartialApproval ?? false,
            HasPinEntry = message.Capabilities?.PinEntry ?? false,
            BatchNumber = message.BatchNumber,
            AcceptedAt = acceptedAt,
            BusinessDate = _calendar.BusinessDate(acceptedAt).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        };
    }

    // S3: the fields that make it the same payment, and none of those that change on an honest repeat (PIN block,
    // cryptogram, MAC, transport ids).
    private RequestFingerprint Fingerprint(AuthorizeRequest message, DateTime localTime, in Pan pan)
    {
        var fields = new FingerprintBuilder(stackalloc byte[FingerprintBuilder.ScratchLength]);
        try
        {
            fields.Add((long)message.Kind);
            fields.Add(pan);
            fields.Add(message.Amount.AmountMinor);
            fields.Add(message.Amount.Currency);
            fields.Add((long)message.EntryMode);
            fields.Add(message.TerminalId);
            fields.Add(message.MerchantId);
            fields.Add(message.Stan);
            fields.Add(localTime.Ticks);
            fields.Add(message.BatchNumber);
            return _identity.FingerprintOf(in fields);
        }
        finally
        {
            fields.Dispose();
        }
    }
}
