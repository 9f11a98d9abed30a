using System.Diagnostics;
using Dapper;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using Switch.Contracts.V1;
using Switch.Settlement.Statistics;
using Switch.Settlement.Store;

namespace Switch.Settlement.Records;

/// <summary>
/// Measures the query API at a size: fills a SQLite file with made-up payments, asks it everything that the API asks,
/// and prints how long that took. For docs/records.md; no test runs it at size.
/// </summary>
internal static class RecordsMeasurement
{
    private const int Rounds = 1_000;
    private const int StatisticRounds = 20;

    // A round figure in the past: what is asked for has to be there, whenever this runs.
    private static readonly DateTimeOffset First = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <param name="path">The file; it is filled if it is not there, and kept.</param>
    /// <param name="payments">How many, at least 1,000.</param>
    /// <param name="output">Where to print.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task RunAsync(
        string path, long payments, TextWriter output, CancellationToken cancellationToken)
    {
        var isNew = !File.Exists(path);
        using var database = SettlementDatabase.Open("sqlite:" + path);
        var made = new MadeUpPayments(First, payments);
        if (isNew) made.Fill(database, output);
        using (var connection = database.OpenConnection())
        {
            var count = connection.ExecuteScalar<long>("SELECT COUNT(*) FROM payment");
            output.WriteLine(Line($"{count:N0} payments, {new FileInfo(path).Length / 1048576.0:N0} MiB"));
        }

        using var gate = new QueryGate(database, NullLogger<QueryGate>.Instance);
        output.WriteLine("query                          p50 ms   p99 ms   max ms");
        await MeasureSearchesAsync(gate, made, payments, output, cancellationToken);
        await MeasureStatisticsAsync(gate, output, cancellationToken);
    }

    private static async Task MeasureSearchesAsync(
        QueryGate gate, MadeUpPayments made, long payments, TextWriter output, CancellationToken cancellationToken)
    {
        var random = new Random(5);
        Task AskAsync(string name, Func<long, FindPaymentsRequest> of) => TimeAsync(name, Rounds, output, async () =>
        {
            var request = of(random.NextInt64(payments));
            request.PageSize = PaymentSearch.PageMax;
            var search = PaymentSearch.Of(request);
            await gate.RunAsync(
                (connection, cancel) => PaymentQueries.PageAsync(connection, search, search.PageSize + 1, cancel),
                cancellationToken);
        });

        await TimeAsync("GetPayment", Rounds, output, async () =>
        {
            var id = MadeUpPayments.IdOf(random.NextInt64(payments));
            var story = await gate.RunAsync(
                (connection, cancel) => PaymentQueries.StoryAsync(connection, id, cancel), cancellationToken);
            if (story!.Tell().Events.Count == 0) throw new InvalidOperationException($"{id} has no events");
        });
        await AskAsync("by RRN", i => new() { RetrievalReferenceNumber = MadeUpPayments.RrnOf(i) });
        await AskAsync("by terminal, 1 day", i => new()
        {
            Terminal = new() { TerminalId = MadeUpPayments.TerminalOf(i), From = made.DayOf(i, 0), To =
                made.DayOf(i, 1) },
        });
        await AskAsync("by terminal, 92 days, 200 rows", i => new()
        {
            Terminal = new() { TerminalId = MadeUpPayments.TerminalOf(i), From = At(0), To = At(92) },
        });
        await AskAsync("by merchant, 1 day, 200 rows", i => new()
        {
            Merchant = new() { MerchantId = MadeUpPayments.MerchantOf(i), From = made.DayOf(i, 0), To =
                made.DayOf(i, 1) },
        });
        await AskAsync("by merchant, 92 days, 200 rows", i => new()
        {
            Merchant = new() { MerchantId = MadeUpPayments.MerchantOf(i), From = At(0), To = At(92) },
        });
        await AskAsync("by card, date and amount", i => new()
        {
            Card = new()
            {
                LastFour = MadeUpPayments.LastFourOf(i),
                BusinessDate = made.DateOf(i),
                Amount = new() { AmountMinor = MadeUpPayments.AmountOf(i), Currency = "EUR" },
            },
        });
    }

    private static async Task MeasureStatisticsAsync(
        QueryGate gate, TextWriter output, CancellationToken cancellationToken)
    {
        Task AskAsync(string name, GetStatisticsRequest request) => TimeAsync(name, StatisticRounds, output, async () =>
        {
            var query = StatisticQuery.Of(request);
            var fold = new StatisticFold(request.GroupBy);
            await gate.RunAsync(
                async (connection, cancel) =>
                {
                    await foreach (var row in query.RowsAsync(connection).WithCancellation(cancel)) fold.TryAdd(row);
                    return true;
                },
                cancellationToken);
        });

        await AskAsync("statistics, 1 day by merchant", new()
        {
            FromDate = "2026-01-20",
            ToDate = "2026-01-20",
            GroupBy = { StatisticDimension.Merchant },
        });
        await AskAsync("statistics, 1 merchant, 31 days", new()
        {
            FromDate = "2026-01-01",
            ToDate = "2026-01-31",
            MerchantId = MadeUpPayments.MerchantOf(7),
            GroupBy = { StatisticDimension.Hour },
        });
        await AskAsync("statistics, all, 31 days", new()
        {
            FromDate = "2026-01-01",
            ToDate = "2026-01-31",
            GroupBy = { StatisticDimension.Day, StatisticDimension.Acquirer },
        });
        await TimeAsync("forecast, answered", StatisticRounds, output, async () =>
        {
            var request = new GetForecastRequest
            {
                Currency = "EUR",
                Measure = ForecastMeasure.Answered,
                HistoryTo = "2026-02-28",
            };
            var query = ForecastQuery.Of(request, new DateOnly(2026, 3, 1));
            var (from, history) = await gate.RunAsync(query.HistoryAsync, cancellationToken);
            query.Tell(from, history);
        });
    }

    private static async Task TimeAsync(string name, int rounds, TextWriter output, Func<Task> ask)
    {
        var times = new double[rounds];
        for (var i = 0; i < rounds; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await ask();
            times[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        Array.Sort(times);
        output.WriteLine(Line(
            $"{name,-30} {times[rounds / 2],6:N2} {times[rounds * 99 / 100],8:N2} {times[^1],8:N2}"));
    }

    private static Timestamp At(int day) => First.AddDays(day).ToTimestamp();

    private static string Line(FormattableString text) => FormattableString.Invariant(text);
}
