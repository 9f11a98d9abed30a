using System.Buffers;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Switch.Contracts.V1;
using Switch.Settlement.Days;
using Switch.Settlement.Terms;

namespace Switch.Settlement.Consuming;

/// <summary>
/// Reads a message as an event, or says why it is none. What is let through can be written to both stores and booked.
/// </summary>
internal sealed class EventReader
{
    private const string TypePrefix = "cardswitch.transaction.";
    private const string TypeVersion = ".v1";
    private const int IdLength = 32;
    private const int EventIdMax = 128;
    private const int TextMax = 256;

    private static readonly SearchValues<char> IdDigits = SearchValues.Create("0123456789abcdef");

    private readonly TimeProvider _time;
    private readonly int _futureDaysMax;

    /// <param name="time">Says what day it is.</param>
    /// <param name="futureDaysMax">How many days ahead of today (UTC) a business date may be.</param>
    public EventReader(TimeProvider time, int futureDaysMax)
    {
        _time = time;
        _futureDaysMax = futureDaysMax;
    }

    public ReadMessage Read(in ConsumedMessage message)
    {
        if (FaultOfType(message.Type) is { } typeFault) return new ReadMessage(message, null, default, typeFault);
        TransactionEvent e;
        try
        {
            e = TransactionEvent.Parser.ParseFrom(message.Value);
        }
        catch (InvalidProtocolBufferException fault)
        {
            return new ReadMessage(message, null, default, $"not a TransactionEvent: {fault.Message}");
        }

        var problem = FaultOf(e, out var date);
        return problem is null
            ? new ReadMessage(message, e, date, null)
            : new ReadMessage(message, null, default, problem);
    }

    private static string? FaultOfType(string? type)
    {
        if (type is null) return null;
        if (!type.StartsWith(TypePrefix, StringComparison.Ordinal))
            return $"ce_type \"{Shown(type)}\" is no {TypePrefix}* event";
        return type.EndsWith(TypeVersion, StringComparison.Ordinal)
            ? null
            : $"ce_type \"{Shown(type)}\" is of another version than v1";
    }

    private string? FaultOf(TransactionEvent e, out DateOnly date)
    {
        date = default;
        return FaultOfIds(e) ?? FaultOfNumbers(e) ?? FaultOfAmounts(e) ?? FaultOfTexts(e)
            ?? FaultOfDate(e.BusinessDate, out date);
    }

    private static string? FaultOfIds(TransactionEvent e)
    {
        if (!IsId(e.TransactionId)) return $"transaction_id \"{Shown(e.TransactionId)}\" is not 32 hexadecimal digits";
        if (!IsId(e.RootTransactionId))
            return $"root_transaction_id \"{Shown(e.RootTransactionId)}\" is not 32 hexadecimal digits";
        if (e.EventId.Length is 0 or > EventIdMax) return "event_id is not 1 to 128 characters";
        if (e.EventId.Length < IdLength + 2 || e.EventId[IdLength] != '.'
            || !e.EventId.StartsWith(e.TransactionId, StringComparison.Ordinal))
            return $"event_id \"{Shown(e.EventId)}\" does not begin with its transaction_id and a dot";
        if (e.MerchantId.Length is 0 or > 15) return "merchant_id is not 1 to 15 characters";
        return e.TerminalId.Length is 0 or > 8 ? "terminal_id is not 1 to 8 characters" : null;
    }

    // A number that this program does not know may move money: to pass over it would lose that.
    private static string? FaultOfNumbers(TransactionEvent e)
    {
        if (e.Type is < TransactionEventType.NotSent or > TransactionEventType.ReversalClosed)
            return $"type {(int)e.Type} is unknown";
        if (e.Kind is < TransactionKind.Purchase or > TransactionKind.Refund) return $"kind {(int)e.Kind} is unknown";
        if (e.Outcome is < Outcome.Unspecified or > Outcome.Declined) return $"outcome {(int)e.Outcome} is unknown";
        if (e.EntryMode is < EntryMode.Unspecified or > EntryMode.Ecommerce)
            return $"entry_mode {(int)e.EntryMode} is unknown";
        if (e.DeclinedBy is < DeclinedBy.Unspecified or > DeclinedBy.TechnicalFailure)
            return $"declined_by {(int)e.DeclinedBy} is unknown";
        if (e.Type == TransactionEventType.Authorized && e.Outcome == Outcome.Unspecified)
            return "outcome is missing on an authorized event";
        return e.OccurredAt is null ? "occurred_at is missing" : FaultOfTimes(e);
    }

    private static string? FaultOfTimes(TransactionEvent e)
    {
        if (!IsTime(e.OccurredAt)) return "occurred_at is no time";
        return e.AcceptedAt is null || IsTime(e.AcceptedAt) ? null : "accepted_at is no time";
    }

    // 0001 to 9999, as protobuf has it: beyond, the time has no date.
    private static bool IsTime(Timestamp time)
    {
        const long SecondsMin = -62_135_596_800, SecondsMax = 253_402_300_799;
        return time is { Seconds: >= SecondsMin and <= SecondsMax, Nanos: >= 0 and < 1_000_000_000 };
    }

    private static string? FaultOfAmounts(TransactionEvent e)
    {
        var isApproved = e.Outcome is Outcome.Approved or Outcome.PartiallyApproved;
        if (isApproved && e.ApprovedAmount is null) return "approved_amount is missing on an approval";
        if (e.RequestedAmount is null) return "requested_amount is missing";
        return FaultOf(e.RequestedAmount, "requested_amount")
            ?? (e.ApprovedAmount is null ? null : FaultOf(e.ApprovedAmount, "approved_amount"));
    }

    private static string? FaultOf(Money money, string field)
    {
        if (!Currencies.TryGetDecimals(money.Currency, out _))
            return $"{field}: currency \"{Shown(money.Currency)}\" is unknown";
        return money.AmountMinor is < 1 or > Currencies.AmountMinorMax
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{field}: {money.AmountMinor} is not 1 to {Currencies.AmountMinorMax}")
            : null;
    }

    private static string? FaultOfTexts(TransactionEvent e)
    {
        ReadOnlySpan<string> texts =
        [
            e.EventId, e.MerchantId, e.TerminalId, e.Acquirer, e.RetrievalReferenceNumber, e.ResponseCode,
            e.ApprovalCode, e.Scheme, e.Funding, e.IssuerCountry, e.Mcc, e.CardFirstSix, e.CardLastFour, e.CardToken,
        ];
        foreach (var text in texts)
        {
            if (text.Length > TextMax) return $"\"{Shown(text)}\" is longer than {TextMax} characters";
            if (text.AsSpan().ContainsAnyInRange('\0', '\u001f')) return $"\"{Shown(text)}\" has control characters";
        }

        if (!IsDigits(e.CardFirstSix, 6)) return "card_first_six is not at most 6 digits";
        return IsDigits(e.CardLastFour, 4) ? null : "card_last_four is not at most 4 digits";
    }

    private string? FaultOfDate(string text, out DateOnly date)
    {
        if (!DateOnly.TryParseExact(
            text, BusinessDay.Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out date))
            return $"business_date \"{Shown(text)}\" is no date (YYYY-MM-DD)";
        var last = DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime).AddDays(_futureDaysMax);
        return date > last
            ? string.Create(
                CultureInfo.InvariantCulture, $"business_date {text} is more than {_futureDaysMax} days in the future")
            : null;
    }

    private static bool IsDigits(string text, int max) =>
        text.Length <= max && !text.AsSpan().ContainsAnyExceptInRange('0', '9');

    private static bool IsId(string text) =>
        text.Length == IdLength && !text.AsSpan().ContainsAnyExcept(IdDigits);

    /// <summary>What a message says of itself, as a reason may repeat it.</summary>
    internal static string Shown(string text)
    {
        const int ShownMax = 60;
        var start = text.Length > ShownMax ? text[..ShownMax] + "…" : text;
        return string.Concat(start.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
    }
}
