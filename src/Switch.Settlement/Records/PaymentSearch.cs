using System.Buffers;
using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Switch.Contracts.V1;
using Switch.Settlement.Days;

namespace Switch.Settlement.Records;

/// <summary>
/// A search of payments that was found valid: its query, what it is asked with, and where its page begins.
/// </summary>
internal sealed record PaymentSearch(string Sql, object Parameters, long BeforeMs, long BeforeId, int PageSize)
{
    /// <summary>Of the books that the page goes on in; null for the first page, which goes with any.</summary>
    public long? Generation { get; private init; }

    public const int PageDefault = 50;
    public const int PageMax = 200;

    /// <summary>Longest time that one search covers.</summary>
    public static readonly TimeSpan RangeMax = TimeSpan.FromDays(92);

    private const long AmountMax = 999_999_999_999;

    private static readonly SearchValues<char> LowerCaseHexadecimal = SearchValues.Create("0123456789abcdef");

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT, with every faulty field.</exception>
    public static PaymentSearch Of(FindPaymentsRequest request)
    {
        var faults = new QueryFaults();
        if (request.PageSize is < 0 or > PageMax)
            faults.Add("page_size", $"must be 1 to {PageMax}, or 0 for {PageDefault}");
        var size = request.PageSize == 0 ? PageDefault : request.PageSize;
        var search = request.CriteriaCase switch
        {
            FindPaymentsRequest.CriteriaOneofCase.TransactionId => ByTransaction(request.TransactionId, size, faults),
            FindPaymentsRequest.CriteriaOneofCase.RetrievalReferenceNumber =>
                ByRrn(request.RetrievalReferenceNumber, size, faults),
            FindPaymentsRequest.CriteriaOneofCase.Terminal => ByTerminal(request.Terminal, size, faults),
            FindPaymentsRequest.CriteriaOneofCase.Card => ByCard(request.Card, size, faults),
            FindPaymentsRequest.CriteriaOneofCase.Merchant => ByMerchant(request.Merchant, size, faults),
            _ => Missing(faults),
        };
        if (request.PageToken.Length > 0)
        {
            if (PageToken.TryRead(request, out var place))
            {
                search = search with
                {
                    BeforeMs = place.BeforeMs,
                    BeforeId = place.BeforeId,
                    Generation = place.Generation,
                };
            }
            else faults.Add("page_token", "is not one that was given for this search");
        }

        faults.ThrowIfAny();
        return search;
    }

    public static void CheckTransactionId(string id, QueryFaults faults)
    {
        if (id.Length != 32 || id.AsSpan().ContainsAnyExcept(LowerCaseHexadecimal))
            faults.Add("transaction_id", "must have 32 lower-case hexadecimal digits");
    }

    /// <summary>Whether a text is a date of the calendar, YYYY-MM-DD.</summary>
    public static bool IsDate(string text, out DateOnly date) =>
        DateOnly.TryParseExact(text, BusinessDay.Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    private static PaymentSearch Missing(QueryFaults faults)
    {
        faults.Add("criteria", "one of them is required");
        return new PaymentSearch("", new { }, 0, 0, 0);
    }

    private static PaymentSearch ByTransaction(string transactionId, int size, QueryFaults faults)
    {
        CheckTransactionId(transactionId, faults);
        return FromTheNewest(PaymentQueries.ByTransaction, new { transactionId }, size);
    }

    private static PaymentSearch ByRrn(string rrn, int size, QueryFaults faults)
    {
        if (rrn.Length != 12 || rrn.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            faults.Add("retrieval_reference_number", "must have 12 printable characters");
        return FromTheNewest(PaymentQueries.ByRrn, new { rrn }, size);
    }

    private static PaymentSearch ByTerminal(TerminalCriteria terminal, int size, QueryFaults faults)
    {
        CheckText("terminal.terminal_id", terminal.TerminalId, 8, faults);
        var (fromMs, toMs) = Range("terminal", terminal.From, terminal.To, faults);
        return new PaymentSearch(
            PaymentQueries.ByTerminal, new { terminalId = terminal.TerminalId, fromMs }, toMs, 0, size);
    }

    private static PaymentSearch ByMerchant(MerchantCriteria merchant, int size, QueryFaults faults)
    {
        CheckText("merchant.merchant_id", merchant.MerchantId, 15, faults);
        var (fromMs, toMs) = Range("merchant", merchant.From, merchant.To, faults);
        return new PaymentSearch(
            PaymentQueries.ByMerchant, new { merchantId = merchant.MerchantId, fromMs }, toMs, 0, size);
    }

    private static PaymentSearch ByCard(CardCriteria card, int size, QueryFaults faults)
    {
        if (card.LastFour.Length != 4 || card.LastFour.AsSpan().ContainsAnyExceptInRange('0', '9'))
            faults.Add("card.last_four", "must have 4 digits");
        if (!IsDate(card.BusinessDate, out var day)) faults.Add("card.business_date", "must be a date, YYYY-MM-DD");
        // At either end of the calendar there is no day beside it.
        var before = Math.Max(day.DayNumber - 1, 0);
        var after = Math.Min(day.DayNumber + 1, DateOnly.MaxValue.DayNumber);
        var amount = card.Amount ?? new Money();
        if (amount.AmountMinor is < 1 or > AmountMax)
            faults.Add("card.amount.amount_minor", $"must be 1 to {AmountMax}");
        CheckCurrency("card.amount.currency", amount.Currency, faults);
        return FromTheNewest(
            PaymentQueries.ByCard,
            new
            {
                lastFour = card.LastFour,
                dayBefore = Text(DateOnly.FromDayNumber(before)),
                businessDate = card.BusinessDate,
                dayAfter = Text(DateOnly.FromDayNumber(after)),
                amountMinor = amount.AmountMinor,
                currency = amount.Currency,
            },
            size);
    }

    public static void CheckCurrency(string field, string currency, QueryFaults faults)
    {
        if (currency.Length != 3 || currency.AsSpan().ContainsAnyExceptInRange('A', 'Z'))
            faults.Add(field, "must have 3 capital letters");
    }

    private static string Text(DateOnly date) => BusinessDay.Text(date);

    private static PaymentSearch FromTheNewest(string sql, object parameters, int size) =>
        new(sql, parameters, long.MaxValue, long.MaxValue, size);

    private static void CheckText(string field, string text, int max, QueryFaults faults)
    {
        if (text.Length == 0 || text.Length > max || text.Any(char.IsControl))
            faults.Add(field, $"must have 1 to {max} printable characters");
    }

    private static (long FromMs, long ToMs) Range(string message, Timestamp? from, Timestamp? to, QueryFaults faults)
    {
        var fromMs = Milliseconds($"{message}.from", from, faults);
        var toMs = Milliseconds($"{message}.to", to, faults);
        if (fromMs is not { } first || toMs is not { } last) return default;
        if (first >= last) faults.Add($"{message}.to", "must be after from");
        else if (last - first > (long)RangeMax.TotalMilliseconds)
            faults.Add($"{message}.to", $"must be at most {RangeMax.Days} days after from");
        return (first, last);
    }

    private static long? Milliseconds(string field, Timestamp? at, QueryFaults faults)
    {
        // Year 1 to 9999, which is what a timestamp may hold; a client can send anything.
        if (at is { Seconds: >= -62135596800 and < 253402300800, Nanos: >= 0 and < 1_000_000_000 })
            return at.ToDateTimeOffset().ToUnixTimeMilliseconds();
        faults.Add(field, "is required, a time from year 1 to 9999");
        return null;
    }
}
