using Switch.Contracts.V1;
using Switch.Settlement.Records;

namespace Switch.Settlement.Statistics;

/// <summary>Folds sums by outcome into rows of the answer, with their rates. Pure; one an answer.</summary>
internal sealed class StatisticFold
{
    /// <summary>Rows of one answer.</summary>
    public const int RowsMax = 5000;

    /// <summary>Decline reasons of one row.</summary>
    public const int ReasonsMax = 20;

    private readonly List<StatisticDimension> _groupBy;
    private readonly Dictionary<GroupKey, Group> _groups = [];

    public StatisticFold(IEnumerable<StatisticDimension> groupBy) => _groupBy = [.. groupBy];

    /// <summary>False when there would be more rows than one answer may have.</summary>
    public bool TryAdd(StatisticSumRow sum)
    {
        var key = KeyOf(sum);
        if (!_groups.TryGetValue(key, out var group))
        {
            if (_groups.Count == RowsMax) return false;
            _groups.Add(key, group = new Group());
        }

        group.Add(sum);
        return true;
    }

    /// <summary>By currency, and then in the order of the dimensions that were asked for.</summary>
    public IEnumerable<StatisticRow> Rows()
    {
        var ordered = _groups.OrderBy(group => group.Key.Currency, StringComparer.Ordinal);
        foreach (var by in _groupBy)
        {
            ordered = by switch
            {
                StatisticDimension.Merchant => ordered.ThenBy(g => g.Key.MerchantId, StringComparer.Ordinal),
                StatisticDimension.Acquirer => ordered.ThenBy(g => g.Key.Acquirer, StringComparer.Ordinal),
                StatisticDimension.Scheme => ordered.ThenBy(g => g.Key.Scheme, StringComparer.Ordinal),
                StatisticDimension.EntryMode => ordered.ThenBy(g => g.Key.EntryMode),
                StatisticDimension.Kind => ordered.ThenBy(g => g.Key.Kind),
                StatisticDimension.Hour => ordered.ThenBy(g => g.Key.HourMs),
                _ => ordered.ThenBy(g => g.Key.BusinessDate, StringComparer.Ordinal),
            };
        }

        foreach (var (key, group) in ordered) yield return group.Tell(key, _groupBy);
    }

    private GroupKey KeyOf(StatisticSumRow sum) => new(
        sum.Currency, sum.MerchantId, sum.Acquirer, sum.Scheme, sum.EntryMode,
        _groupBy.Contains(StatisticDimension.Kind) ? sum.Kind : 0, sum.HourMs, sum.BusinessDate);

    private readonly record struct GroupKey(
        string Currency, string MerchantId, string Acquirer, string Scheme, int EntryMode, int Kind, long HourMs,
        string BusinessDate);

    private sealed class Group
    {
        private readonly Dictionary<(string Code, DeclinedBy By), long> _declines = [];
        private readonly StatisticRow _row = new();

        public void Add(StatisticSumRow sum)
        {
            _row.Answered += sum.Requests;
            if ((Outcome)sum.Outcome is Outcome.Approved or Outcome.PartiallyApproved)
            {
                _row.Approved += sum.Requests;
                if ((TransactionKind)sum.Kind == TransactionKind.Refund) _row.RefundsMinor += sum.ApprovedMinor;
                else if ((TransactionKind)sum.Kind == TransactionKind.PreAuthorization)
                    _row.HoldsMinor += sum.ApprovedMinor;
                else _row.PurchasesMinor += sum.ApprovedMinor;
                return;
            }

            var by = (DeclinedBy)sum.DeclinedBy;
            if (by == DeclinedBy.Issuer) _row.DeclinedByIssuer += sum.Requests;
            else if (by == DeclinedBy.Switch) _row.DeclinedBySwitch += sum.Requests;
            else _row.TechnicalFailures += sum.Requests;
            _declines[(sum.ResponseCode, by)] = _declines.GetValueOrDefault((sum.ResponseCode, by)) + sum.Requests;
        }

        public StatisticRow Tell(GroupKey key, List<StatisticDimension> groupBy)
        {
            (_row.Currency, _row.MerchantId, _row.Acquirer) = (key.Currency, key.MerchantId, key.Acquirer);
            (_row.Scheme, _row.EntryMode, _row.Kind) = (key.Scheme, (EntryMode)key.EntryMode,
                (TransactionKind)key.Kind);
            _row.Day = key.BusinessDate;
            if (groupBy.Contains(StatisticDimension.Hour)) _row.Hour = PaymentMessages.At(key.HourMs);
            if (_row.Approved + _row.DeclinedByIssuer > 0)
                _row.ApprovalRate = (double)_row.Approved / (_row.Approved + _row.DeclinedByIssuer);
            if (_row.Answered > 0)
                _row.TechnicalSuccessRate = (double)(_row.Answered - _row.TechnicalFailures) / _row.Answered;
            var ranked = _declines.OrderByDescending(reason => reason.Value)
                .ThenBy(reason => reason.Key.Code, StringComparer.Ordinal).ThenBy(reason => reason.Key.By).ToList();
            _row.DeclineReasons.AddRange(ranked.Take(ReasonsMax).Select(reason => new DeclineReason
            {
                ResponseCode = reason.Key.Code,
                DeclinedBy = reason.Key.By,
                Count = reason.Value,
            }));
            _row.OtherDeclines = ranked.Skip(ReasonsMax).Sum(reason => reason.Value);
            return _row;
        }
    }
}
