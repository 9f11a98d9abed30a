using Switch.Service.Acquirers;
using Switch.Service.Events;

namespace Switch.Service.Authorization;

/// <summary>Whom to ask for one payment, best first, and what routing knew of the card. At most four candidates.</summary>
internal readonly struct PaymentRoute
{
    private readonly Acquirer? _first;
    private readonly Acquirer? _second;
    private readonly Acquirer? _third;
    private readonly Acquirer? _fourth;

    public PaymentRoute(ReadOnlySpan<Acquirer> candidates, RouteFacts facts)
    {
        Count = candidates.Length;
        Facts = facts;
        if (Count > 0) _first = candidates[0];
        if (Count > 1) _second = candidates[1];
        if (Count > 2) _third = candidates[2];
        if (Count > 3) _fourth = candidates[3];
    }

    /// <summary>0 to 4; none when every candidate's link is down or its breaker open.</summary>
    public int Count { get; }

    public RouteFacts Facts { get; }

    /// <summary>The best candidate's name, or empty.</summary>
    public string FirstName => _first?.Name ?? "";

    public Acquirer this[int index] => index switch
    {
        0 => _first!,
        1 => _second!,
        2 => _third!,
        _ => _fourth!,
    };
}
