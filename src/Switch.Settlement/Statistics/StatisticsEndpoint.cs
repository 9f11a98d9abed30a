using Grpc.Core;
using Switch.Contracts.V1;
using Switch.Settlement.Records;

namespace Switch.Settlement.Statistics;

/// <summary>The query API of the statistics.</summary>
internal sealed class StatisticsEndpoint : StatisticsService.StatisticsServiceBase
{
    private readonly StatisticGate _gate;

    public StatisticsEndpoint(StatisticGate gate) => _gate = gate;

    public override async Task<GetStatisticsResponse> GetStatistics(
        GetStatisticsRequest request, ServerCallContext context)
    {
        var query = StatisticQuery.Of(request);
        var fold = new StatisticFold(request.GroupBy);
        var tooMuch = await _gate.RunAsync(
            (connection, cancel) => query.FoldAsync(connection, fold, cancel), context.CancellationToken);
        if (tooMuch is not null)
        {
            var faults = new QueryFaults();
            faults.Add("group_by", tooMuch);
            faults.ThrowIfAny("RESULT_TOO_LARGE");
        }

        var response = new GetStatisticsResponse();
        response.Rows.AddRange(fold.Rows());
        return response;
    }

    public override async Task<GetForecastResponse> GetForecast(GetForecastRequest request, ServerCallContext context)
    {
        var query = ForecastQuery.Of(request);
        return query.Tell(await _gate.RunAsync(query.HistoryAsync, context.CancellationToken));
    }
}
