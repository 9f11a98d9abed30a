using Grpc.Core;
using Switch.Contracts.V1;
using Switch.Settlement.Records;

namespace Switch.Settlement.Statistics;

/// <summary>The query API of the statistics.</summary>
internal sealed class StatisticsEndpoint : StatisticsService.StatisticsServiceBase
{
    private readonly QueryGate _gate;
    private readonly TimeProvider _time;

    public StatisticsEndpoint(QueryGate gate, TimeProvider time)
    {
        _gate = gate;
        _time = time;
    }

    public override async Task<GetStatisticsResponse> GetStatistics(
        GetStatisticsRequest request, ServerCallContext context)
    {
        var query = StatisticQuery.Of(request);
        var fold = new StatisticFold(request.GroupBy);
        var fits = await _gate.RunAsync(
            async (connection, cancel) =>
            {
                await foreach (var row in query.RowsAsync(connection).WithCancellation(cancel))
                {
                    if (!fold.TryAdd(row)) return false;
                }

                return true;
            },
            context.CancellationToken);
        if (!fits)
        {
            var faults = new QueryFaults();
            faults.Add("group_by",
                $"makes more than {StatisticFold.RowsMax} rows: ask for fewer days, or less at once");
            faults.ThrowIfAny("RESULT_TOO_LARGE");
        }

        var response = new GetStatisticsResponse();
        response.Rows.AddRange(fold.Rows());
        return response;
    }

    public override async Task<GetForecastResponse> GetForecast(GetForecastRequest request, ServerCallContext context)
    {
        var query = ForecastQuery.Of(request, DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime));
        var (from, history) = await _gate.RunAsync(query.HistoryAsync, context.CancellationToken);
        return query.Tell(from, history);
    }
}
