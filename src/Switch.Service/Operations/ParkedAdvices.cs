using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Switch.Contracts.V1;
using Switch.Service.Advices;
using Switch.Service.Authorization;
using Switch.Service.Events;
using Switch.Service.Journal;

namespace Switch.Service.Operations;

/// <summary>
/// What a person sees of the advices that wait for one, and what they can do about them. A decision is durable before
/// it is answered, and only one person decides about an advice at a time.
/// </summary>
internal sealed class ParkedAdvices
{
    private const int PageDefault = 50;
    private const int PageMax = 200;
    private const int ReasonMax = 200;
    private const int OperatorMax = 64;

    private readonly AdviceQueue _queue;
    private readonly AdviceSender _sender;
    private readonly IJournal _journal;
    private readonly TransactionEvents _events;
    private readonly AdviceMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<ParkedAdvices> _logger;

    public ParkedAdvices(
        AdviceQueue queue, AdviceSender sender, IJournal journal, TransactionEvents events, AdviceMetrics metrics,
        TimeProvider time, ILogger<ParkedAdvices> logger)
    {
        _queue = queue;
        _sender = sender;
        _journal = journal;
        _events = events;
        _metrics = metrics;
        _time = time;
        _logger = logger;
    }

    public async ValueTask<(ListParkedAdvicesResponse? Response, Refusal? Refusal)> ListAsync(
        ListParkedAdvicesRequest request, CancellationToken cancellationToken)
    {
        var faults = new FaultList();
        if (request.PageSize is < 0 or > PageMax)
            faults.Add("page_size", $"must be 1 to {PageMax}, or 0 for {PageDefault}");
        long after = 0;
        if (request.PageToken.Length > 0
            && !long.TryParse(request.PageToken, NumberStyles.None, CultureInfo.InvariantCulture, out after))
            faults.Add("page_token", "is not one that this switch gave");
        if (faults.Any) return (null, Refusal.Invalid(faults.ToList()));

        var size = request.PageSize == 0 ? PageDefault : request.PageSize;
        var page = _queue.Book.Parked(after, size);
        var response = new ListParkedAdvicesResponse { Total = _queue.Book.Count.Parked };
        foreach (var (_, id) in page)
        {
            // Resolved since the page was cut: not parked any more, so it is not in the answer.
            if (await _journal.FindAdviceAsync(id, cancellationToken) is { State: AdviceStates.Parked } row)
                response.Advices.Add(Describe(row));
        }

        if (page.Count == size) response.NextPageToken = page[^1].Sequence.ToString(CultureInfo.InvariantCulture);
        return (response, null);
    }

    public async ValueTask<(ResolveParkedAdviceResponse? Response, Refusal? Refusal)> ResolveAsync(
        ResolveParkedAdviceRequest request)
    {
        if (Check(request) is { } invalid) return (null, invalid);
        var entry = _queue.Book.TakeParked(request.AdviceId);
        Refusal? refusal = Refusal.Internal;
        try
        {
            var row = await _journal.FindAdviceAsync(request.AdviceId, CancellationToken.None);
            if (entry is null) return (null, row is null ? Refusal.AdviceUnknown : Refusal.AdviceNotParked);
            refusal = row is null ? Refusal.AdviceUnknown : await ResolveAsync(entry, row, request);
        }
        finally
        {
            // Whatever happened: one that is never given back could never be resolved.
            if (entry is not null) GiveBack(entry, refusal);
        }

        return refusal is null
            ? (new ResolveParkedAdviceResponse { AdviceId = request.AdviceId, Action = request.Action }, null)
            : (null, refusal);
    }

    private void GiveBack(AdviceEntry entry, Refusal? refusal)
    {
        if (ReferenceEquals(refusal, Refusal.AdviceUnknown)) _queue.Book.CloseParked(entry, _queue.Now);
        else if (refusal is not null) _queue.Book.KeepParked(entry, _queue.Now);
        _queue.Wake();
    }

    private async ValueTask<Refusal?> ResolveAsync(AdviceEntry entry, AdviceRow row, ResolveParkedAdviceRequest request)
    {
        var isClose = request.Action == ParkedAdviceAction.Close;
        // Repeats stay repeats: what may have been sent once is never sent as new again.
        var tries = Math.Min(row.Tries, 1);
        // First, or a sweep that finds the record still owed and no advice would send what a person has closed.
        if (isClose && !await _sender.TellAsync(row)) return Refusal.StoreUnavailable;
        var fault = await _journal.WriteAsync(isClose ? Closing(row, request) : Resuming(row, tries));
        if (fault == JournalFault.NotFound) return Refusal.AdviceUnknown;
        if (fault != JournalFault.None) return Refusal.JournalUnavailable;

        if (isClose) _queue.Book.CloseParked(entry, _queue.Now);
        else _queue.Book.Resume(entry, tries, _queue.Now);
        var action = isClose ? "close" : "resume";
        _metrics.Resolved(action);
        Log.AdviceResolved(_logger, request.Operator, action, row.TransactionId, request.Reason);
        return null;
    }

    private static Refusal? Check(ResolveParkedAdviceRequest request)
    {
        var faults = new FaultList();
        if (request.AdviceId.Length is 0 or > JournalStep.TextMax)
            faults.Add("advice_id", $"must have 1 to {JournalStep.TextMax} characters");
        RequestFields.CheckKnown(ref faults, "action", request.Action, ParkedAdviceAction.Unspecified);
        CheckText(ref faults, "reason", request.Reason, ReasonMax);
        CheckText(ref faults, "operator", request.Operator, OperatorMax);
        return faults.Any ? Refusal.Invalid(faults.ToList()) : null;
    }

    // It goes into logs and onto Kafka, where card data may not (G6), and a log line has to stay one line.
    private static void CheckText(ref FaultList faults, string field, string text, int max)
    {
        if (text.Length == 0 || text.Length > max || string.IsNullOrWhiteSpace(text))
            faults.Add(field, $"must have 1 to {max} characters");
        else if (text.AsSpan().ContainsAnyInRange('\0', '\u001f')) faults.Add(field, "must be one line of text");
        else if (CardNumberGuard.MayHoldCardNumber(text)) faults.Add(field, "must not hold a card number");
    }

    private JournalStep Closing(AdviceRow row, ResolveParkedAdviceRequest request) => new()
    {
        CloseAdvice = row.AdviceId,
        // A row that can't be read has no facts to tell; the log has who and why.
        Events = AdviceRecords.TryParse(row) is { } record
            ? [_events.ReversalClosed(record, request.Operator, request.Reason)]
            : [],
    };

    private JournalStep Resuming(AdviceRow row, int tries) => new()
    {
        UpdateAdvice = new AdviceUpdate(
            row.AdviceId, AdviceStates.Pending, tries, _time.GetUtcNow().ToUnixTimeMilliseconds(), "resumed"),
    };

    private static ParkedAdvice Describe(AdviceRow row)
    {
        var advice = new ParkedAdvice
        {
            AdviceId = row.AdviceId,
            TransactionId = row.TransactionId,
            Acquirer = row.Acquirer,
            RetrievalReferenceNumber = row.Rrn,
            Reason = row.Reason,
            Tries = row.Tries,
            QueuedAt = Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAtMs)),
            ParkedAt = Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(row.NextAttemptAtMs)),
        };
        if (AdviceRecords.TryParse(row) is not { } record) return advice;
        advice.RequestedAmount = record.Original.Draft.RequestedAmount;
        advice.MerchantId = record.Original.Draft.MerchantId;
        advice.TerminalId = record.Original.Draft.TerminalId;
        advice.Cause = record.Cause;
        return advice;
    }
}
