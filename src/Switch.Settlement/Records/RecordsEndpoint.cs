using System.Data.Common;
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
        var (rows, generation) = await _gate.RunAsync(
            (connection, cancel) => PageAsync(connection, search, cancel), context.CancellationToken);

        var response = new FindPaymentsResponse();
        response.Payments.AddRange(rows.Take(search.PageSize).Select(PaymentMessages.Of));
        if (rows.Count <= search.PageSize) return response;
        var last = rows[search.PageSize - 1];
        response.NextPageToken = PageToken.Of(request, new PagePlace(last.AcceptedMs, last.Id, generation));
        return response;
    }

    // A rebuild gives payments other ids: a page that goes on behind an old one would skip some or show them twice.
    private static async Task<(List<PaymentRecord> Rows, long Generation)> PageAsync(
        DbConnection connection, PaymentSearch search, CancellationToken cancellationToken)
    {
        while (true)
        {
            var generation = await PaymentQueries.GenerationAsync(connection, cancellationToken);
            if (search.Generation is { } asked && asked != generation) throw QueryFaults.BooksMadeAgain();
            // One more than the page tells whether there is another.
            var rows = await PaymentQueries.PageAsync(connection, search, search.PageSize + 1, cancellationToken);
            if (await PaymentQueries.GenerationAsync(connection, cancellationToken) == generation)
                return (rows, generation);
        }
    }
}
