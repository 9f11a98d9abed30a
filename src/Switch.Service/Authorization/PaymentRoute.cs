using Switch.Routing;
using Switch.Service.Acquirers;

namespace Switch.Service.Authorization;

/// <summary>Whom to ask for one payment, best first, and what routing knew of the card.</summary>
internal readonly struct PaymentRoute
{
    private readonly RouteTable _table;
    private readonly RoutePlan _plan;
    private readonly AcquirerSet _acquirers;

    public PaymentRoute(RouteTable table, RoutePlan plan, AcquirerSet acquirers)
    {
        _table = table;
        _plan = plan;
        _acquirers = acquirers;
    }

    /// <summary>0 to 4; none when every candidate's link is down or its breaker open.</summary>
    public int Count => _plan.Count;

    /// <summary>The best candidate's name, or empty.</summary>
    public string FirstName => Count == 0 ? "" : this[0].Name;

    public string Scheme => _table.SchemeName(_plan.Card);

    public string IssuerCountry => _plan.Card.Country.ToString();

    public string Funding => _plan.Card.Funding switch
    {
        CardFunding.Credit => "credit",
        CardFunding.Debit => "debit",
        CardFunding.Prepaid => "prepaid",
        _ => "",
    };

    public IAcquirer this[int position] => _acquirers[_plan[position]];

    /// <summary>Why a candidate is in the plan, in words for the event.</summary>
    public string Reason(int position) =>
        position < Count ? _table.Reason(_plan, position) : "no candidate is available";
}
