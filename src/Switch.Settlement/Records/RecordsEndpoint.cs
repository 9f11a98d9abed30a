using Grpc.Core;
using Switch.Contracts.V1;

namespace Switch.Settlement.Records;

/// <summary>The query API of the records: requests to queries, rows to messages, nothing else.</summary>
internal sealed class RecordsEndpoint : RecordsService.RecordsServiceBase
{
    private readonly QueryGate _gate;

    public RecordsEndpoint(QueryGate gate) => _gate = gate;

    public override async Task<GetPaymentResponse> GetPayment(GetPaymentRequest request, ServerCallContext context)
    {
        var faults = new QueryFaults();
        PaymentSearch.CheckTransactionId(request.TransactionId, faults);
        faults.ThrowIfAny();

        var story = await _gate.RunAsync(
            (connection, cancel) => PaymentQueries.StoryAsync(connection, request.TransactionId, cancel),
            context.CancellationToken);
        return story?.Tell() ?? throw QueryFaults.PaymentUnknown();
    }

    public override async Task<FindPaymentsResponse> FindPayments(
        FindPaymentsRequest request, ServerCallContext context)
    {
        var search = PaymentSearch.Of(request);
        // One more than the page tells whether there is another.
        var rows = await _gate.RunAsync(
            (connection, cancel) => PaymentQueries.PageAsync(connection, search, search.PageSize + 1, cancel),
            context.CancellationToken);

        var response = new FindPaymentsResponse();
        response.Payments.AddRange(rows.Take(search.PageSize).Select(PaymentMessages.Of));
        if (rows.Count <= search.PageSize) return response;
        var last = rows[search.PageSize - 1];
        response.NextPageToken = PageToken.Of(request, last.AcceptedMs, last.Id);
        return response;
    }
}
