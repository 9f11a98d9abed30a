using System.Globalization;
using Switch.Contracts.V1;
using Switch.Iso8583;

namespace Switch.Baselines;

/// <summary>An acquirer's answer.</summary>
internal sealed record AcquirerAnswer(string ResponseCode, string ApprovalCode);

/// <summary>Asks the acquirer over the same link code and with the same fields as the switch.</summary>
internal sealed class NaiveAcquirer
{
    private const int StanMax = 999_999;
    private static readonly TimeSpan ReplyTimeout = TimeSpan.FromSeconds(8);
    private readonly IsoLink _link;
    private readonly TimeProvider _time;
    private int _stan;

    public NaiveAcquirer(IsoLink link, TimeProvider time)
    {
        _link = link;
        _time = time;
    }

    /// <summary>Null when there is no answer.</summary>
    public async Task<AcquirerAnswer?> AskAsync(AuthorizeRequest request, string rrn)
    {
        using var buffer = IsoBuffer.Rent(IsoDialect.Ascii1987);
        Write(buffer, request, rrn);
        using var exchange = await _link.ExchangeAsync(buffer, ReplyTimeout);
        return exchange.Reply is { } reply
            ? new AcquirerAnswer(reply.GetString(39) ?? "", reply.GetString(38) ?? "")
            : null;
    }

    private void Write(IsoBuffer buffer, AuthorizeRequest request, string rrn)
    {
        var card = request.PaymentMethod.Card;
        var local = request.LocalDateTime;
        var stan = (int)((uint)Interlocked.Increment(ref _stan) % StanMax) + 1;
        var writer = new IsoWriter(buffer, Mti.AuthorizationRequest);
        writer.Text(2, card.Pan);
        writer.Text(3, "000000");
        writer.Number(4, request.Amount.AmountMinor);
        writer.Text(7, _time.GetUtcNow().ToString("MMddHHmmss", CultureInfo.InvariantCulture));
        writer.Number(11, stan);
        writer.Text(12, Text($"{local.Hour:00}{local.Minute:00}{local.Second:00}"));
        writer.Text(13, Text($"{local.Month:00}{local.Day:00}"));
        writer.Text(14, Text($"{card.ExpiryYear % 100:00}{card.ExpiryMonth:00}"));
        writer.Text(18, "5411");
        writer.Text(22, "072");
        writer.Number(23, card.SequenceNumber);
        writer.Text(25, "00");
        writer.Text(32, "123456");
        writer.Text(37, rrn);
        writer.Text(41, request.TerminalId);
        writer.Text(42, request.MerchantId);
        writer.Text(43, "Load                     Berlin       DE");
        writer.Text(49, request.Amount.Currency == "EUR" ? "978" : "840");
        writer.Bytes(55, card.EmvData.Span);
        if (!writer.TryComplete(out var fault)) throw new InvalidOperationException(fault.ToString());
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
