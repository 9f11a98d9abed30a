using System.Data.Common;
using System.Text;
using Dapper;
using Switch.Contracts.V1;
using Switch.Settlement.Records;

namespace Switch.Settlement.Statistics;

/// <summary>A question for figures that was found valid: which rows of statistic_hour, summed up by what.</summary>
internal sealed record StatisticQuery(GetStatisticsRequest Request, string Sql, object Parameters, int RowsMax)
{
    public const int DimensionsMax = 3;
    public const int DaysMax = 366;
    public const int HourDaysMax = 31;

    /// <summary>Rows of statistic_hour that one answer is made of.</summary>
    public const int ReadMax = 2_000_000;

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT, with every faulty field.</exception>
    public static StatisticQuery Of(GetStatisticsRequest request, int readMax = ReadMax)
    {
        var faults = new QueryFaults();
        CheckGroups(request, faults);
        CheckDates(request, faults);
        CheckText("merchant_id", request.MerchantId, 15, faults);
        CheckText("acquirer", request.Acquirer, 64, faults);
        CheckText("scheme", request.Scheme, 64, faults);
        if (request.Currency.Length > 0) PaymentSearch.CheckCurrency("currency", request.Currency, faults);
        if (!Enum.IsDefined(request.EntryMode)) faults.Add("entry_mode", "is not known");
        if (!Enum.IsDefined(request.Kind)) faults.Add("kind", "is not known");
        faults.ThrowIfAny();
        return new StatisticQuery(request, SqlOf(request), new
        {
            from = request.FromDate,
            to = request.ToDate,
            merchant = request.MerchantId.Length > 0 ? request.MerchantId : HourlyStatistics.AllMerchants,
            acquirer = request.Acquirer,
            scheme = request.Scheme,
            mode = (int)request.EntryMode,
            kind = (int)request.Kind,
            currency = request.Currency,
            rows = readMax + 1,
        }, readMax);
    }

    /// <summary>Reads the sums into a fold.</summary>
    /// <returns>What to ask otherwise when there is too much; null when all is in the fold.</returns>
    public async Task<string?> FoldAsync(
        DbConnection connection, StatisticFold fold, CancellationToken cancellationToken)
    {
        var read = 0L;
        var sums = connection.QueryUnbufferedAsync<StatisticSumRow>(Sql, Parameters);
        await foreach (var sum in sums.WithCancellation(cancellationToken))
        {
            if (!fold.TryAdd(sum))
                return $"makes more than {StatisticFold.RowsMax} rows: ask for fewer days, or less at once";
            read += sum.Rows;
        }

        return read <= RowsMax
            ? null
            : $"needs more than {RowsMax} sums of an hour: ask for fewer days, or not by merchant";
    }

    /// <summary>The column of a dimension; every name in the query comes from here.</summary>
    private static string ColumnOf(StatisticDimension dimension) => dimension switch
    {
        StatisticDimension.Merchant => "merchant_id",
        StatisticDimension.Acquirer => "acquirer",
        StatisticDimension.Scheme => "scheme",
        StatisticDimension.EntryMode => "entry_mode",
        StatisticDimension.Kind => "kind",
        StatisticDimension.Hour => "hour_ms",
        StatisticDimension.Day => "business_date",
        _ => throw new ArgumentOutOfRangeException(nameof(dimension)),
    };

    private static string SqlOf(GetStatisticsRequest request)
    {
        // Sums are kept apart by kind in any case: a refund is no turnover.
        var columns = request.GroupBy.Where(by => by != StatisticDimension.Kind).Select(ColumnOf).ToList();
        var sql = new StringBuilder("SELECT currency AS Currency, kind AS Kind, outcome AS Outcome, ")
            .Append("declined_by AS DeclinedBy, response_code AS ResponseCode, ")
            .Append("CAST(SUM(requests) AS BIGINT) AS Requests, CAST(SUM(approved_minor) AS BIGINT) AS ApprovedMinor, ")
            .Append("COUNT(*) AS Rows");
        foreach (var column in columns)
            sql.Append($", {column} AS {column.Replace("_", "", StringComparison.Ordinal)}");
        // What is read is bounded, whatever was asked: one row past the bound tells that there is more.
        sql.Append(" FROM (SELECT * FROM statistic_hour WHERE business_date BETWEEN @from AND @to");
        // Without a merchant that is the row of all of them.
        sql.Append(request.MerchantId.Length == 0 && request.GroupBy.Contains(StatisticDimension.Merchant)
            ? " AND merchant_id <> @merchant"
            : " AND merchant_id = @merchant");
        if (request.Acquirer.Length > 0) sql.Append(" AND acquirer = @acquirer");
        if (request.Scheme.Length > 0) sql.Append(" AND scheme = @scheme");
        if (request.EntryMode != EntryMode.Unspecified) sql.Append(" AND entry_mode = @mode");
        if (request.Kind != TransactionKind.Unspecified) sql.Append(" AND kind = @kind");
        if (request.Currency.Length > 0) sql.Append(" AND currency = @currency");
        sql.Append(" LIMIT @rows) AS hours GROUP BY currency, kind, outcome, declined_by, response_code");
        foreach (var column in columns) sql.Append($", {column}");
        return sql.ToString();
    }

    private static void CheckGroups(GetStatisticsRequest request, QueryFaults faults)
    {
        if (request.GroupBy.Count > DimensionsMax) faults.Add("group_by", $"must name at most {DimensionsMax}");
        if (request.GroupBy.Distinct().Count() != request.GroupBy.Count) faults.Add("group_by", "must name each once");
        if (request.GroupBy.Any(by => by == StatisticDimension.Unspecified || !Enum.IsDefined(by)))
            faults.Add("group_by", "names a dimension that is not known");
    }

    private static void CheckDates(GetStatisticsRequest request, QueryFaults faults)
    {
        var hasFrom = PaymentSearch.IsDate(request.FromDate, out var from);
        var hasTo = PaymentSearch.IsDate(request.ToDate, out var to);
        if (!hasFrom) faults.Add("from_date", "must be a date, YYYY-MM-DD");
        if (!hasTo) faults.Add("to_date", "must be a date, YYYY-MM-DD");
        if (!hasFrom || !hasTo) return;
        var daysMax = request.GroupBy.Contains(StatisticDimension.Hour) ? HourDaysMax : DaysMax;
        if (to < from) faults.Add("to_date", "must not be before from_date");
        else if (to.DayNumber - from.DayNumber >= daysMax)
            faults.Add("to_date", $"must end at most {daysMax} days, the first counted");
    }

    private static void CheckText(string field, string text, int max, QueryFaults faults)
    {
        if (text.Length > max || text.Any(char.IsControl))
            faults.Add(field, $"must have at most {max} printable characters");
    }
}

/// <summary>A sum of statistic_hour; what it is not grouped by is empty.</summary>
internal sealed class StatisticSumRow
{
    public string Currency { get; set; } = "";

    public int Kind { get; set; }

    public int Outcome { get; set; }

    public int DeclinedBy { get; set; }

    public string ResponseCode { get; set; } = "";

    public long Requests { get; set; }

    public long ApprovedMinor { get; set; }

    /// <summary>Rows of the store in it.</summary>
    public long Rows { get; set; }

    public string MerchantId { get; set; } = "";

    public string Acquirer { get; set; } = "";

    public string Scheme { get; set; } = "";

    public int EntryMode { get; set; }

    public long HourMs { get; set; }

    public string BusinessDate { get; set; } = "";
}
