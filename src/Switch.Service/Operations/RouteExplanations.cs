using System.Globalization;
using Switch.Contracts.V1;
using Switch.Routing;
using Switch.Service.Acquirers;
using Switch.Service.Authorization;
using Switch.Service.Merchants;
using Switch.Service.Routes;

namespace Switch.Service.Operations;

/// <summary>Answers "where would this payment go, and why" with the table and the links as they are now.</summary>
internal sealed class RouteExplanations
{
    private const int BinDigitsMin = 6;
    private static readonly string NoTransaction = new('0', 32);

    private readonly RouteTableSource _routes;
    private readonly AcquirerSet _acquirers;
    private readonly MerchantDirectory _merchants;
    private readonly TimeProvider _time;

    public RouteExplanations(
        RouteTableSource routes, AcquirerSet acquirers, MerchantDirectory merchants, TimeProvider time)
    {
        _routes = routes;
        _acquirers = acquirers;
        _merchants = merchants;
        _time = time;
    }

    public (ExplainRouteResponse? Response, Refusal? Refusal) Explain(ExplainRouteRequest request)
    {
        var faults = new FaultList();
        var query = QueryOf(request, ref faults);
        if (faults.Any) return (null, Refusal.Invalid(faults.ToList()));

        var table = _routes.Current;
        Span<CandidateStatus> statuses = stackalloc CandidateStatus[RoutingLimits.Acquirers];
        _acquirers.CopyStatuses(statuses);
        return (Describe(table, RouteExplainer.Explain(table, query, statuses)), null);
    }

    private RouteQuery QueryOf(ExplainRouteRequest request, ref FaultList faults)
    {
        var bin = default(BinDigits);
        if (request.Bin.Length is < BinDigitsMin or > RoutingLimits.BinDigits
            || !BinDigits.TryParse(request.Bin, out bin))
            faults.Add("bin", "must be the first 6 to 11 digits of a card number, never a whole one");
        var currency = RequestFields.CheckMoney(ref faults, "amount", request.Amount);
        RequestFields.CheckMcc(ref faults, "mcc", request.Mcc);
        var localTime = request.LocalDateTime is null
            ? _time.GetUtcNow().DateTime
            : RequestFields.CheckLocalTime(ref faults, "local_date_time", request.LocalDateTime);
        if (request.Kind != TransactionKind.Unspecified)
            RequestFields.CheckKnown(ref faults, "kind", request.Kind, TransactionKind.Unspecified);
        if (request.EntryMode != EntryMode.Unspecified)
            RequestFields.CheckKnown(ref faults, "entry_mode", request.EntryMode, EntryMode.Unspecified);
        var transactionId = request.TransactionId.Length == 0 ? NoTransaction : request.TransactionId;
        TransactionLookup.CheckTransactionId(ref faults, "transaction_id", transactionId);
        var merchant = request.MerchantId.Length == 0 ? null : _merchants.Current.Find(request.MerchantId);
        if (request.MerchantId.Length > 0 && merchant is null) faults.Add("merchant_id", "is not known to this switch");
        if (faults.Any) return default;

        var mcc = request.Mcc.Length > 0 ? request.Mcc : merchant?.Mcc ?? "0000";
        return new RouteQuery
        {
            Bin = bin,
            AmountMinor = request.Amount.AmountMinor,
            Currency = currency!.RoutingCode,
            Mcc = int.Parse(mcc, NumberStyles.None, CultureInfo.InvariantCulture),
            MerchantId = merchant?.Id,
            EntryMode = (RouteEntryMode)request.EntryMode,
            Kind = request.Kind == TransactionKind.Unspecified ? RouteKind.Purchase : (RouteKind)request.Kind,
            LocalTime = localTime!.Value,
            SplitHash = PaymentRouter.SplitHash(transactionId),
        };
    }

    private static ExplainRouteResponse Describe(RouteTable table, RouteExplanation explanation)
    {
        var response = new ExplainRouteResponse
        {
            Scheme = explanation.Scheme,
            IssuerCountry = explanation.Country,
            Funding = explanation.Funding,
            TableVersion = explanation.TableVersion,
        };
        foreach (var verdict in explanation.Rules)
        {
            var rule = new RuleExplanation
            {
                Rule = verdict.Rule,
                Line = verdict.Line.Line,
                Matched = verdict.Matched,
                FailedCondition = verdict.FailedCondition,
            };
            rule.Candidates.AddRange(verdict.Candidates.Select(candidate => new CandidateExplanation
            {
                Acquirer = candidate.Acquirer,
                Kept = candidate.Kept,
                Reason = candidate.Reason,
            }));
            response.Rules.Add(rule);
        }

        for (var i = 0; i < explanation.Plan.Count; i++) response.Plan.Add(table.AcquirerNames[explanation.Plan[i]]);
        return response;
    }
}
