using System.Buffers.Binary;
using System.Globalization;
using Switch.Routing;
using Switch.Service.Acquirers;
using Switch.Service.Routes;

namespace Switch.Service.Authorization;

/// <summary>Asks the routing core on behalf of a payment.</summary>
internal sealed class PaymentRouter
{
    private readonly RouteTableSource _routes;
    private readonly AcquirerSet _acquirers;

    public PaymentRouter(RouteTableSource routes, AcquirerSet acquirers)
    {
        _routes = routes;
        _acquirers = acquirers;
    }

    public PaymentRoute Route(PaymentRequest request)
    {
        var table = _routes.Current;
        Span<CandidateStatus> statuses = stackalloc CandidateStatus[RoutingLimits.Acquirers];
        _acquirers.CopyStatuses(statuses);
        var plan = RouteSelector.Plan(table, QueryOf(request), statuses);
        return new PaymentRoute(table, plan, _acquirers);
    }

    private static RouteQuery QueryOf(PaymentRequest request)
    {
        var digits = Math.Min(request.Pan.Length, RoutingLimits.BinDigits);
        return new RouteQuery
        {
            Bin = BinDigits.FromNumber(request.Pan.BinPrefix(digits), digits),
            AmountMinor = request.AmountMinor,
            Currency = request.Currency.RoutingCode,
            Mcc = int.Parse(request.Mcc, NumberStyles.None, CultureInfo.InvariantCulture),
            MerchantId = request.Merchant.Id,
            // The routing core's enums keep the contract's numbers.
            EntryMode = (RouteEntryMode)request.EntryMode,
            Kind = (RouteKind)request.Kind,
            LocalTime = request.LocalTime,
            SplitHash = SplitHash(request.TransactionId),
        };
    }

    /// <summary>The first 64 bits of a transaction id, which is a hash already.</summary>
    internal static ulong SplitHash(ReadOnlySpan<char> transactionId)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        Convert.FromHexString(transactionId[..(sizeof(ulong) * 2)], bytes, out _, out _);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }
}
