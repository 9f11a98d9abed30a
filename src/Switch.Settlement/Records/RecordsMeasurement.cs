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
    /// <param name="payments">How many, at least 1,000; a file that is there has as many as it has.</param>
    /// <param name="output">Where to print.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="InvalidDataException">The file is of another program, or is not one of these.</exception>
    public static async Task RunAsync(
        string path, long payments, TextWriter output, CancellationToken cancellationToken)
    {
        var isNew = !File.Exists(path);
        using var database = SettlementDatabase.Open("sqlite:" + path);
        if (isNew) new MadeUpPayments(First, payments).Fill(database, output);
        else payments = CountOf(path, database);
        var made = new MadeUpPayments(First, payments);
        output.WriteLine(Line($"{payments:N0} payments, {new FileInfo(path).Length / 1048576.0:N0} MiB"));
        using var gate = new QueryGate(database, TimeProvider.System, NullLogger<QueryGate>.Instance);
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
            Terminal = new()
            {
                TerminalId = MadeUpPayments.TerminalOf(i),
                From = made.DayOf(i, 0),
                To =
                made.DayOf(i, 1)
            },
        });
        await AskAsync("by terminal, 92 days, 200 rows", i => new()
        {
            Terminal = new() { TerminalId = MadeUpPayments.TerminalOf(i), From = At(0), To = At(92) },
        });
        await AskAsync("by merchant, 1 day, 200 rows", i => new()
        {
            Merchant = new()
            {
                MerchantId = MadeUpPayments.MerchantOf(i),
                From = made.DayOf(i, 0),
                To =
                made.DayOf(i, 1)
            },
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
            await gate.RunAsync((connection, cancel) => query.FoldAsync(connection, fold, cancel), cancellationToken);
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
        foreach (var measure in (ForecastMeasure[])[ForecastMeasure.Answered, ForecastMeasure.NetIncome])
        {
            await TimeAsync($"forecast, {measure}", StatisticRounds, output, async () =>
            {
                var query = ForecastQuery.Of(new GetForecastRequest { Currency = "EUR", Measure = measure });
                query.Tell(await gate.RunAsync(query.HistoryAsync, cancellationToken));
            });
        }
    }

    // A file of an earlier program has had its migrations, unless one of them was changed meanwhile: then the queries
    // would fail in words of the store, or be slow for want of an index.
    private static long CountOf(string path, SettlementDatabase database)
    {
        var folder = Directory.CreateTempSubdirectory("switch-measure-");
        try
        {
            using var fresh = SettlementDatabase.Open($"sqlite:{Path.Combine(folder.FullName, "empty.db")}");
            var differs = SchemaOf(fresh).Except(SchemaOf(database)).Select(static part => part.Name).Order().ToArray();
            if (differs.Length > 0)
            {
                throw new InvalidDataException(
                    $"{path} was filled by a program with another schema ({string.Join(", ", differs)}): delete it, or "
                    + "name another file, which is filled anew");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        using var connection = database.OpenConnection();
        var count = connection.ExecuteScalar<long>("SELECT COUNT(*) FROM payment");
        var last = connection.ExecuteScalar<string?>(
            "SELECT transaction_id FROM payment WHERE id = @count", new { count });
        if (count < 1 || last != MadeUpPayments.IdOf(count - 1))
            throw new InvalidDataException($"{path} is not a file of made-up payments: name another");
        return count;
    }

    private static List<(string Name, string Sql)> SchemaOf(SettlementDatabase database)
    {
        using var connection = database.OpenConnection();
        return connection.Query<(string Name, string Sql)>(
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").AsList();
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
